/** The metrics of one evaluation, from stored rewards alone. A metric that is not defined is left out, never 0. */
import { bestOfN } from './best-of-n.ts';
import { rewardHealth } from './degenerate.ts';
import { pairsOf, type Item, type Metric, type ScoredPair } from './item.ts';
import { lengthMatchedPairs } from './length-matched.ts';
import { accuracyOfPairs } from './pairwise-accuracy.ts';
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
  const health = rewardHealth(items);
  const questions = new Set(items.filter((item) => item.set === 'pool').map((item) => item.itemId)).size;
  const counts: Metric[] = [
    metric('pairs', pairs.length),
    metric('pool_questions', questions),
    metric('non_finite_rewards', health.nonFinite),
    metric('degenerate', health.isDegenerate ? 1 : 0),
  ];
  if (health.nonFinite > 0) return counts;
  return [
    ...counts,
    ...pairMetrics(pairs, withinSource),
    ...(questions === 0 ? [] : poolMetrics(items, bestOf)),
  ].filter(({ value }) => Number.isFinite(value));
}

function pairMetrics(pairs: readonly ScoredPair[], withinSource: ReadonlySet<string> | null): Metric[] {
  const all = accuracyOfPairs(pairs);
  const matched = accuracyOfPairs(lengthMatchedPairs(pairs));
  const within = withinSource === null ? null : accuracyOfPairs(pairs.filter((pair) => withinSource.has(pair.itemId)));
  return [
    metric('pairwise_accuracy', all.strict),
    metric('pairwise_accuracy_half_credit', all.halfCredit),
    metric('tie_rate', all.tieRate),
    metric('pairwise_loss', all.pairwiseLoss),
    metric('mean_margin', all.meanMargin),
    metric('reward_length_spearman', rewardLengthSpearman(pairs) ?? NaN),
    metric('length_matched_pairwise_accuracy', matched.strict),
    metric('length_matched_pairs', matched.n),
    ...(within === null
      ? []
      : [metric('within_source_pairwise_accuracy', within.strict), metric('within_source_pairs', within.n)]),
  ];
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
