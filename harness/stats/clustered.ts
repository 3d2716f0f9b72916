/** A share over items that are not independent: items of one group (pairs of one function) tend to agree. */
import { mean, wilsonInterval, type Interval } from './interval.ts';

export interface ClusteredShare {
  readonly share: number;
  /** null for fewer than two groups. */
  readonly interval: Interval | null;
  readonly n: number;
  /** n divided by the design effect: independent items that would tell as much. */
  readonly effectiveN: number;
}

/**
 * Wilson's interval at the effective sample size (Kish, Survey Sampling, 1965; Korn and Graubard 1998 for the combination).
 * The design effect is the cluster-robust variance of the mean over that of independent items, at least 1.
 *
 * @param values In [0, 1]: 1 right, 0.5 tie, 0 wrong.
 * @param groups Of each value.
 */
export function clusteredShare(
  values: readonly number[],
  groups: readonly string[],
  { level = 0.95, unit = 'items' }: { level?: number; unit?: string } = {},
): ClusteredShare {
  const share = mean(values);
  const sums = new Map<string, number>();
  for (const [index, value] of values.entries()) {
    const group = groups[index] ?? '';
    sums.set(group, (sums.get(group) ?? 0) + value - share);
  }
  const n = values.length;
  const effectiveN = n / designEffect([...sums.values()], share, n);
  const interval = sums.size < 2 ? null : wilsonInterval(share, Math.max(2, Math.round(effectiveN)), { level, unit });
  return { share, interval, n, effectiveN };
}

function designEffect(sums: readonly number[], share: number, n: number): number {
  const simple = share * (1 - share) * n;
  if (sums.length < 2 || simple === 0) return 1;
  const clustered = (sums.reduce((total, sum) => total + sum * sum, 0) * sums.length) / (sums.length - 1);
  return Math.max(1, clustered / simple);
}
