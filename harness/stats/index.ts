export { mean, standardDeviation, tInterval, wilsonInterval, type Interval } from './interval.ts';
export { clusteredShare, type ClusteredShare } from './clustered.ts';
export { normalCdf, normalQuantile, regularizedIncompleteBeta, tCdf, tQuantile } from './distributions.ts';
export { bootstrapInterval, crossedBootstrapInterval, drawWeights, resampledMeans, type Uniform } from './bootstrap.ts';
export { median, quantile } from './quantile.ts';
export { holm, pairedComparison, signFlipTest, type PairedComparison } from './paired.ts';
export { spearman } from './spearman.ts';
export { fitPowerLaw, type Point, type PowerLawFit, type PowerLawResult } from './power-law.ts';
