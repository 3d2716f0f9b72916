/**
 * Paired comparisons: one difference a unit (a seed, on the same test items). t for the size, sign flips for a check
 * without assumptions, Holm for many at once.
 */
import { tCdf } from './distributions.ts';
import type { Interval } from './interval.ts';
import { hasNoSpread, mean, standardDeviation, tInterval } from './interval.ts';
import type { Uniform } from './bootstrap.ts';

export interface PairedComparison {
  readonly n: number;
  readonly meanDifference: number;
  /** null for n = 1 or without spread. */
  readonly interval: Interval | null;
  /** Two-sided paired t-test; null where there is no interval. */
  readonly p: number | null;
  /** Exact two-sided sign-flip permutation p; never below 2 / 2^n. null for n = 0 or n > 20. */
  readonly signFlipP: number | null;
  /** Of the mean difference, for `power` and `smallestEffect`; null where there is no interval. */
  readonly standardError: number | null;
}

/** All statistics of one comparison; `differences` must not be empty. */
export function pairedComparison(differences: readonly number[], unit = 'seeds'): PairedComparison {
  const n = differences.length;
  const meanDifference = mean(differences);
  const signFlipP = n <= 20 ? signFlipTest(differences) : null;
  const deviation = standardDeviation(differences);
  if (deviation === null || hasNoSpread(deviation, meanDifference))
    return { n, meanDifference, interval: null, p: null, signFlipP, standardError: null };
  const standardError = deviation / Math.sqrt(n);
  return {
    n,
    meanDifference,
    interval: tInterval(differences, { unit }),
    p: 2 * tCdf(-Math.abs(meanDifference) / standardError, n - 1),
    signFlipP,
    standardError,
  };
}

/**
 * Two-sided sign-flip (Fisher randomization) test of mean 0: the share of all 2^n sign patterns whose |sum| reaches the
 * observed one. Exact up to n = 20; beyond, `uniform` is needed and 20,000 random patterns are drawn, the observed one
 * counted among them.
 */
export function signFlipTest(differences: readonly number[], uniform?: Uniform): number {
  const n = differences.length;
  const observed = Math.abs(mean(differences) * n);
  // Sums of decimal fractions in another order differ in their last bits: an equal pattern must count as equal.
  const reach = observed - 1e-9 * Math.max(observed, 1e-9);
  if (n > 20 && uniform === undefined)
    throw new RangeError(
      `signFlipTest: ${n} differences are too many for all sign patterns; hand in a uniform generator`,
    );
  return n <= 20 ? exactShare(differences, reach) : drawnShare(differences, reach, uniform as Uniform);
}

/** Share of all sign patterns whose |sum| is at least `reach`. */
function exactShare(differences: readonly number[], reach: number): number {
  const patterns = 2 ** differences.length;
  let hits = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    const sum = differences.reduce((total, d, i) => total + ((pattern >>> i) & 1 ? -d : d), 0);
    if (Math.abs(sum) >= reach) hits += 1;
  }
  return hits / patterns;
}

/** The same of 20,000 random patterns and the observed one. */
function drawnShare(differences: readonly number[], reach: number, uniform: Uniform): number {
  const draws = 20_000;
  let hits = 0;
  for (let r = 0; r < draws; r++) {
    const sum = differences.reduce((total, d) => total + (uniform() < 0.5 ? -d : d), 0);
    if (Math.abs(sum) >= reach) hits += 1;
  }
  return (hits + 1) / (draws + 1);
}

/** Holm's step-down adjustment (Scand. J. Statist. 1979): adjusted p values in the order given, each at most 1. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).toSorted((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = Array.from<number>({ length: pValues.length });
  let running = 0;
  for (const [rank, index] of order.entries()) {
    running = Math.max(running, Math.min(1, (pValues.length - rank) * (pValues[index] as number)));
    adjusted[index] = running;
  }
  return adjusted;
}
