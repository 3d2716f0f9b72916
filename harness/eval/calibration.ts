/**
 * Calibration of a Bradley-Terry model on pairs: where it says that the response it prefers is better with probability
 * sigmoid(|margin|), is it so in this share of the cases? Confidences lie between 0.5 and 1 and are put into ten bins
 * of equal width. A tie has confidence 0.5 and is half right.
 *
 * The expected calibration error (Naeini et al. 2015) is biased upwards: with few pairs in a bin even a perfectly
 * calibrated model misses its confidence by chance. What such a model would score on these confidences is told beside.
 */
import { marginsOf, type RewardedPair } from './pairwise-accuracy.ts';

export interface ReliabilityBin {
  /** Lowest confidence of the bin, in percent: 50, 55, ... 95. */
  readonly from: number;
  readonly pairs: number;
  /** Mean confidence. */
  readonly confidence: number;
  /** Share of pairs whose preferred response is the chosen one. */
  readonly accuracy: number;
}

export interface Calibration {
  /** Bins that hold pairs. */
  readonly bins: readonly ReliabilityBin[];
  /** Mean of |accuracy - confidence| over pairs, by bin. */
  readonly error: number;
  /** What a perfectly calibrated model would score in expectation, with these confidences. */
  readonly errorByChance: number;
}

const binCount = 10;

/** NaN without pairs; those with a reward that is not finite are left out. */
export function calibrationOf(pairs: readonly RewardedPair[]): Calibration {
  const margins = marginsOf(pairs);
  const bins = Array.from({ length: binCount }, (): number[] => []);
  for (const margin of margins) bins[binOf(confidenceOf(margin))]?.push(margin);
  const found = bins.flatMap((own, index) => (own.length === 0 ? [] : [reliability(own, index)]));
  const weighted = (valueOf: (bin: ReliabilityBin) => number): number =>
    found.reduce((sum, bin) => sum + bin.pairs * valueOf(bin), 0) / margins.length;
  return {
    bins: found,
    error: weighted(({ accuracy, confidence }) => Math.abs(accuracy - confidence)),
    errorByChance: bins.reduce((sum, own) => sum + expectedMiss(own), 0) / margins.length,
  };
}

function confidenceOf(margin: number): number {
  return 1 / (1 + Math.exp(-Math.abs(margin)));
}

function binOf(confidence: number): number {
  return Math.min(binCount - 1, Math.floor(2 * binCount * (confidence - 0.5)));
}

function reliability(margins: readonly number[], index: number): ReliabilityBin {
  const right = margins.reduce((sum, margin) => sum + (margin > 0 ? 1 : margin === 0 ? 0.5 : 0), 0);
  const confidence = margins.reduce((sum, margin) => sum + confidenceOf(margin), 0) / margins.length;
  return { from: 50 + 5 * index, pairs: margins.length, confidence, accuracy: right / margins.length };
}

/** Above this many pairs the normal approximation is as good. */
const mostCounted = 4000;

/**
 * E|X - E X| for the number X of right pairs, each right with its confidence: by the distribution of X. A tie is half
 * right, always, and misses nothing.
 */
function expectedMiss(margins: readonly number[]): number {
  const confidences = margins.filter((margin) => margin !== 0).map(confidenceOf);
  const center = confidences.reduce((sum, p) => sum + p, 0);
  if (confidences.length > mostCounted)
    return Math.sqrt((2 / Math.PI) * confidences.reduce((sum, p) => sum + p * (1 - p), 0));
  return distribution(confidences).reduce((sum, probability, count) => sum + probability * Math.abs(count - center), 0);
}

/** Of the number of successes, with these probabilities. */
function distribution(probabilities: readonly number[]): Float64Array {
  const counts = new Float64Array(probabilities.length + 1);
  counts[0] = 1;
  for (const [seen, p] of probabilities.entries())
    for (let k = seen + 1; k >= 0; k--)
      counts[k] = (counts[k] as number) * (1 - p) + (k === 0 ? 0 : (counts[k - 1] as number) * p);
  return counts;
}
