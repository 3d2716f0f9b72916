/** Intervals of metrics that are means over questions: another draw of questions would change them too. */
import { standardErrorSuffix, type Metric } from '../kinds/metrics.ts';
import type { TrialResult } from '../record/trial-result.ts';
import { mean, normalQuantile, type Interval } from '../stats/index.ts';
import type { Estimate } from './report-types.ts';

const level = 0.95;

/**
 * The estimate with an interval for another draw of seeds and of questions: half widths of the two, added in
 * quadrature. The error over questions is the mean of the seeds' own errors, which is at most too large: all seeds have
 * the same questions. Unchanged where no error is recorded.
 */
export function withQuestionError(
  estimate: Estimate | null,
  trials: readonly TrialResult[],
  { name, unit }: Metric,
): Estimate | null {
  const errors = trials.flatMap(({ metrics }) => metrics[`${name}${standardErrorSuffix}`] ?? []);
  if (estimate === null || errors.length === 0) return estimate;
  const { interval } = estimate;
  const ofSeeds = interval === null ? 0 : Math.max(interval.high - estimate.mean, estimate.mean - interval.low);
  const half = Math.hypot(ofSeeds, normalQuantile((1 + level) / 2) * mean(errors));
  if (half === 0) return estimate;
  const limits = unit === 'share' ? [0, 1] : [-Infinity, Infinity];
  return { ...estimate, interval: around(estimate, half, limits as [number, number]) };
}

function around({ mean: center, interval, n }: Estimate, half: number, [least, most]: [number, number]): Interval {
  return {
    low: Math.max(least, center - half),
    high: Math.min(most, center + half),
    level,
    method: interval === null ? 'normal over questions' : 't over seeds and normal over questions',
    n,
  };
}
