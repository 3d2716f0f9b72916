/** The metrics of one evaluation, from stored rewards alone. A metric that is not defined is left out, never 0. */
import { bestOfN } from './best-of-n.ts';
import { rewardHealth, type RewardHealth } from './degenerate.ts';
import { pairsOf, questionsOf, type Item, type Metric, type ScoredPair } from './item.ts';
import { lengthMatchedPairs } from './length-matched.ts';
import { accuracyOfPairs, type PairwiseAccuracy } from './pairwise-accuracy.ts';
import { rewardLengthSpearman } from './reward-length.ts';

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
  const counts = [metric('pairs', pairs.length), metric('pool_questions', questions), ...healthMetrics(health)];
  if (health.nonFinite > 0) return counts;
  return [
    ...counts,
    ...pairMetrics(pairs, withinSource),
    ...(questions === 0 ? [] : poolMetrics(items, bestOf)),
  ].filter(({ value }) => Number.isFinite(value));
}

function healthMetrics({ nonFinite, isDegenerate }: RewardHealth): readonly Metric[] {
  return [metric('non_finite_rewards', nonFinite), metric('degenerate', isDegenerate ? 1 : 0)];
}

function pairMetrics(pairs: readonly ScoredPair[], withinSource: ReadonlySet<string> | null): readonly Metric[] {
  const matched = accuracyOfPairs(lengthMatchedPairs(pairs));
  return [
    ...accuracyMetrics(accuracyOfPairs(pairs)),
    metric('reward_length_spearman', rewardLengthSpearman(pairs) ?? NaN),
    metric('length_matched_pairwise_accuracy', matched.strict),
    metric('length_matched_pairs', matched.n),
    ...(withinSource === null ? [] : withinSourceMetrics(pairs, withinSource)),
  ];
}

function accuracyMetrics(accuracy: PairwiseAccuracy): readonly Metric[] {
  return [
    metric('pairwise_accuracy', accuracy.strict),
    metric('pairwise_accuracy_half_credit', accuracy.halfCredit),
    metric('tie_rate', accuracy.tieRate),
    metric('pairwise_loss', accuracy.pairwiseLoss),
    metric('mean_margin', accuracy.meanMargin),
  ];
}

function withinSourceMetrics(pairs: readonly ScoredPair[], withinSource: ReadonlySet<string>): readonly Metric[] {
  const { strict, n } = accuracyOfPairs(pairs.filter((pair) => withinSource.has(pair.itemId)));
  return [metric('within_source_pairwise_accuracy', strict), metric('within_source_pairs', n)];
}

function poolMetrics(items: readonly Item[], bestOf: readonly number[]): Metric[] {
  return bestOfN(items, bestOf).flatMap(({ N, value, excluded }) => [
    metric(`best_of_${N}`, value),
    metric(`best_of_${N}_excluded_questions`, excluded),
  ]);
}

function metric(name: string, value: number): Metric {
  return { name: `eval/${name}`, value };
}
