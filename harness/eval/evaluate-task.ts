/** The metrics of one evaluation, from stored rewards alone. A metric that is not defined is left out, never 0. */
import { rewardHealth, type RewardHealth } from './degenerate.ts';
import { pairsOf, questionsOf, type Item, type Metric } from './item.ts';
import { evalMetric } from './metric.ts';
import { pairMetrics } from './pair-metrics.ts';
import { poolMetrics } from './pool-metrics.ts';

/**
 * `withinSource`: ids of the pairs whose two responses come from one source, where a task has several; null = all from
 * one.
 */
export interface EvaluateTaskOptions {
  readonly items: readonly Item[];
  readonly bestOf: readonly number[];
  readonly withinSource?: ReadonlySet<string> | null;
}

/**
 * `eval/...` metrics. With a reward that is not finite only the counts are given: an accuracy over the rest would hide
 * a broken model. `eval/degenerate` is 1 for such rewards and where all rewards are equal.
 */
export function evaluateTask({ items, bestOf, withinSource = null }: EvaluateTaskOptions): Metric[] {
  const pairs = pairsOf(items);
  const questions = questionsOf(items).length;
  const health = rewardHealth(items);
  const counts = [evalMetric('pairs', pairs.length), evalMetric('pool_questions', questions), ...healthMetrics(health)];
  if (health.nonFinite > 0) return counts;
  return [
    ...counts,
    ...pairMetrics(pairs, withinSource),
    ...(questions === 0 ? [] : poolMetrics(items, bestOf)),
  ].filter(({ value }) => Number.isFinite(value));
}

function healthMetrics({ nonFinite, isDegenerate }: RewardHealth): readonly Metric[] {
  return [evalMetric('non_finite_rewards', nonFinite), evalMetric('degenerate', isDegenerate ? 1 : 0)];
}
