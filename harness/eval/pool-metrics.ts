/** `eval/...` metrics of a pool: best-of-N and votes, their errors and bounds, and how well rewards rank candidates. */
import { auc } from './auc.ts';
import { byReward, tiedAtTop } from './best-of-n.ts';
import { hasAnswers, questionsOf, type Item, type Metric } from './item.ts';
import { evalMetric } from './metric.ts';
import { rewardLengthSpearman } from './reward-length.ts';
import { meanAtN, type AtN, type PoolRule } from './subsets.ts';
import { boundsAtN, countUngraded } from './ungraded.ts';
import { weightedVote } from './weighted-vote-at-n.ts';
import { poolSources, withinSourceAtN } from './within-source.ts';

export function poolMetrics(items: readonly Item[], bestOf: readonly number[]): readonly Metric[] {
  const ties = meanAtN(items, bestOf, tiedAtTop);
  return [
    evalMetric('ungraded', countUngraded(items)),
    ...ruleMetrics(items, bestOf, byReward, (N) => `eval/best_of_${N}`),
    ...ties.map(({ N, value }) => evalMetric(`best_of_${N}_tie_rate`, value)),
    ...(hasAnswers(items) ? ruleMetrics(items, bestOf, weightedVote, (N) => `eval/weighted_vote_at_${N}`) : []),
    ...withinSourceMetrics(items, bestOf, byReward, (N) => `eval/within_source_best_of_${N}`),
    ...rankingMetrics(items),
  ];
}

/**
 * The value of a rule at each N under the name `nameAt(N)`, and behind it `_standard_error` over questions,
 * `_excluded_questions`, `_sampling_error` where subsets were drawn, and `_low` and `_high` where not all candidates
 * are graded.
 */
export function ruleMetrics(
  items: readonly Item[],
  Ns: readonly number[],
  rule: PoolRule,
  nameAt: (N: number) => string,
): readonly Metric[] {
  const estimate = (some: readonly Item[]): AtN[] => meanAtN(some, Ns, rule);
  return estimateMetrics(items, estimate, nameAt);
}

/** The same within each source; nothing where the candidates are not known to come from several. */
export function withinSourceMetrics(
  items: readonly Item[],
  Ns: readonly number[],
  rule: PoolRule,
  nameAt: (N: number) => string,
): readonly Metric[] {
  if (poolSources(items).length < 2) return [];
  return estimateMetrics(items, (some) => withinSourceAtN(some, Ns, rule), nameAt);
}

function estimateMetrics(
  items: readonly Item[],
  estimate: (items: readonly Item[]) => readonly AtN[],
  nameAt: (N: number) => string,
): readonly Metric[] {
  const own = estimate(items).flatMap(({ N, value, excluded, standardError, samplingError }) => [
    { name: nameAt(N), value },
    { name: `${nameAt(N)}_excluded_questions`, value: excluded },
    { name: `${nameAt(N)}_standard_error`, value: standardError },
    { name: `${nameAt(N)}_sampling_error`, value: samplingError === 0 ? NaN : samplingError },
  ]);
  const bounds = boundsAtN(items, estimate).flatMap(({ N, low, high }) => [
    { name: `${nameAt(N)}_low`, value: low },
    { name: `${nameAt(N)}_high`, value: high },
  ]);
  return [...own, ...bounds];
}

/** Over all candidates, and within questions, averaged over those where it is defined. */
function rankingMetrics(items: readonly Item[]): readonly Metric[] {
  const questions = questionsOf(items);
  const areas = questions.flatMap((candidates) => auc(candidates) ?? []);
  const correlations = questions.flatMap((candidates) => rewardLengthSpearman(candidates) ?? []);
  return [
    evalMetric('auc', auc(questions.flat()) ?? NaN),
    evalMetric('auc_within_questions', meanOf(areas)),
    evalMetric('auc_questions', areas.length),
    evalMetric('pool_reward_length_spearman', meanOf(correlations)),
  ];
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
