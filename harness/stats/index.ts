export { mean, standardDeviation, tInterval, wilsonInterval, type Interval } from './interval.ts';
export {
  clusteredDifference,
  clusteredMean,
  clusteredShare,
  clusteredSignFlipTest,
  type ClusteredDifference,
  type ClusteredMean,
  type ClusteredShare,
} from './clustered.ts';
export { normalCdf, normalQuantile, regularizedIncompleteBeta, tCdf, tQuantile } from './distributions.ts';
export { noncentralTCdf } from './noncentral-t.ts';
export { chiSquareCdf, chiSquareQuantile, deviationInterval } from './chi-square.ts';
export { power, smallestEffect, unitsNeeded } from './power.ts';
export {
  bootstrapInterval,
  crossedBootstrapInterval,
  drawGroupWeights,
  drawWeights,
  resampledMeans,
  type Uniform,
} from './bootstrap.ts';
export { median, quantile } from './quantile.ts';
export { holm, pairedComparison, signFlipTest, type PairedComparison } from './paired.ts';
export { centerOf, differenceOfCenters, intervalOf, pAbove, trimmedCenterOf, type Center } from './one-sided.ts';
export { spearman } from './spearman.ts';
export { fitPowerLaw, type Point, type PowerLawFit, type PowerLawResult } from './power-law.ts';
export { extrapolate, type Extrapolation, type LeftOutSize } from './power-law-extrapolation.ts';
export { compareReach, isotonic, reach, type Reach } from './isotonic.ts';
export { chosenByOthers, leftOutMean, type LeftOutMean } from './leave-one-out.ts';
export { studentDraws } from './student-draws.ts';
export { fitJointLaw, type JointLawResult, type JointPoint } from './joint-law.ts';
