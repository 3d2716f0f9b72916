/**
 * Means over items that are not independent: items of one group (pairs of one question, twins) tend to agree. The
 * variance of a mean is the cluster-robust CR2 of a regression on the intercept alone, with Satterthwaite's degrees of
 * freedom (Bell & McCaffrey, Survey Methodology 2002; Pustejovsky & Tipton, JBES 2018). Both have a closed form here.
 * With groups of equal size they are the variance of G group means over G, and G - 1.
 */
import type { Uniform } from './bootstrap.ts';
import { normalQuantile, tCdf, tQuantile } from './distributions.ts';
import { hasNoSpread, mean, scoreInterval, type Interval } from './interval.ts';
import { signFlipTest } from './paired.ts';

export interface ClusteredMean {
  readonly mean: number;
  readonly n: number;
  readonly groups: number;
  /** null for fewer than two groups. */
  readonly standardError: number | null;
  /** Of the standard error; null where there is none. */
  readonly degrees: number | null;
}

export interface ClusteredShare {
  readonly share: number;
  /** null for fewer than two groups. Its `n` counts groups. */
  readonly interval: Interval | null;
  readonly n: number;
  /** n divided by the design effect: independent items that would tell as much. */
  readonly effectiveN: number;
}

export interface ClusteredDifference {
  readonly n: number;
  readonly groups: number;
  readonly meanDifference: number;
  /** null for fewer than two groups, or where no group differs from another. Its `n` counts groups. */
  readonly interval: Interval | null;
  /** Two-sided; null where there is no interval. */
  readonly p: number | null;
  /** Two-sided, the signs of a group flipped together; never below 2 / 2^groups. */
  readonly signFlipP: number;
}

interface Labels {
  readonly level?: number;
  /** What the groups are, e.g. `questions`. */
  readonly unit?: string;
}

/** Throws RangeError on an empty list, a value that is not finite, or another number of groups than of values. */
export function clusteredMean(values: readonly number[], groups: readonly string[]): ClusteredMean {
  const center = mean(values);
  const sizes = groupSums(values, groups, () => 1);
  const sums = groupSums(values, groups, (value) => value - center);
  const n = values.length;
  const about = { mean: center, n, groups: sizes.length };
  if (sizes.length < 2) return { ...about, standardError: null, degrees: null };
  const variance = sums.reduce((total, sum, g) => total + (sum * sum) / (1 - (sizes[g] as number) / n), 0) / n ** 2;
  return { ...about, standardError: Math.sqrt(variance), degrees: satterthwaite(sizes, n) };
}

/** Of CR2 where items are in truth independent: tr(M)^2 / tr(M^2), M the covariance of the adjusted group sums. */
function satterthwaite(sizes: readonly number[], n: number): number {
  const total = (of: (size: number) => number): number => sizes.reduce((sum, size) => sum + of(size), 0);
  const weight = (size: number): number => (size * size) / (1 - size / n);
  const crossed = (total(weight) ** 2 - total((size) => weight(size) ** 2)) / n ** 2;
  return n ** 2 / (total((size) => size * size) + crossed);
}

/** One sum a group, in the order in which groups first appear. */
function groupSums(
  values: readonly number[],
  groups: readonly string[],
  of: (value: number) => number = (value) => value,
): number[] {
  if (values.length !== groups.length)
    throw new RangeError(`clustered: ${values.length} values, but groups of ${groups.length}`);
  const sums = new Map<string, number>();
  for (const [i, value] of values.entries()) {
    const group = groups[i] as string;
    sums.set(group, (sums.get(group) ?? 0) + of(value));
  }
  return [...sums.values()];
}

/**
 * Wilson's interval at the effective sample size, with Student's t for the normal quantile (Kish, Survey Sampling,
 * 1965; Korn & Graubard, Survey Methodology 1998; Franco et al., JSSAM 2019). The design effect is the cluster-robust
 * variance of the mean over that of independent right and wrong answers, at least 1. Where all items agree it cannot be
 * estimated: a group then counts as one item. Where every item is a group of its own there is none: plain Wilson.
 * Simulated with 40 groups or more, 95 % intervals cover 94 to 98 % at a share of 55 %, 91 to 98 % at 90 %, and 83 %
 * where 7 of 40 groups hold most items and agree within.
 *
 * @param values In [0, 1]: 1 right, 0.5 tie, 0 wrong.
 * @param groups Of each value.
 */
export function clusteredShare(
  values: readonly number[],
  groups: readonly string[],
  { level = 0.95, unit = 'groups' }: Labels = {},
): ClusteredShare {
  const clustered = clusteredMean(values, groups);
  const { mean: share, n, groups: count, standardError, degrees } = clustered;
  const effectiveN = effectiveNumber(clustered);
  if (standardError === null || degrees === null) return { share, interval: null, n, effectiveN };
  const tail = (1 + level) / 2;
  const ends = scoreInterval(share, effectiveN, count === n ? normalQuantile(tail) : tQuantile(tail, degrees));
  return { share, interval: { ...ends, level, method: `Wilson over ${unit}`, n: count }, n, effectiveN };
}

function effectiveNumber({ mean: share, n, groups, standardError }: ClusteredMean): number {
  const simple = share * (1 - share);
  if (groups === n) return n;
  return standardError === null || simple === 0 ? groups : n / Math.max(1, (n * standardError ** 2) / simple);
}

/**
 * Two trials on the same items, paired item by item: `first` minus `second`. The interval and p are Student's t with
 * the cluster-robust standard error; the sign flips assume nothing but that groups are independent.
 *
 * @param uniform For sign flips of more than 20 groups.
 */
export function clusteredDifference(
  first: readonly number[],
  second: readonly number[],
  groups: readonly string[],
  { uniform, level = 0.95, unit = 'groups' }: Labels & { readonly uniform: Uniform },
): ClusteredDifference {
  if (first.length !== second.length)
    throw new RangeError(`clusteredDifference: ${first.length} items on one side, ${second.length} on the other`);
  const differences = first.map((value, i) => value - (second[i] as number));
  const { mean: meanDifference, n, groups: count, standardError, degrees } = clusteredMean(differences, groups);
  const signFlipP = clusteredSignFlipTest(differences, groups, uniform);
  const about = { n, groups: count, meanDifference, signFlipP };
  if (standardError === null || degrees === null || hasNoSpread(standardError, meanDifference))
    return { ...about, interval: null, p: null };
  const half = tQuantile((1 + level) / 2, degrees) * standardError;
  const method = `t over ${unit}, cluster-robust`;
  const interval = { low: meanDifference - half, high: meanDifference + half, level, method, n: count };
  return { ...about, interval, p: 2 * tCdf(-Math.abs(meanDifference) / standardError, degrees) };
}

/** `signFlipTest` with whole groups for units. Groups whose differences add up to 0 have no sign and drop out. */
export function clusteredSignFlipTest(
  differences: readonly number[],
  groups: readonly string[],
  uniform: Uniform,
): number {
  const sums = groupSums(differences, groups).filter((sum) => sum !== 0);
  return sums.length === 0 ? 1 : signFlipTest(sums, uniform);
}
