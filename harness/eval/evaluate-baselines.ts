/**
 * The baselines of every result: null rankers, vote and ceiling on the pool, and backbones whose head
 * was never trained on the task.
 */
import { atRandom, byLongest, byShortest } from './best-of-n.ts';
import { evaluateTask } from './evaluate-task.ts';
import { hasAnswers, type Item, type Metric } from './item.ts';
import { byMajority } from './majority-at-n.ts';
import { nullBaselines } from './null-baselines.ts';
import { anyRight } from './pass-at-n.ts';
import { ruleMetrics, withinSourceMetrics } from './pool-metrics.ts';
import type { PoolRule } from './subsets.ts';

export interface EvaluateBaselinesOptions {
  /**
   * Items scored under an untrained head; their lengths, labels and answers also serve the baselines that need no
   * model.
   */
  readonly untrainedHead: readonly Item[];
  /** Items scored by a preference-pretrained backbone's own head; null where there is none. */
  readonly zeroShot: readonly Item[] | null;
  readonly bestOf: readonly number[];
}

/** They are those of the evaluation: the same questions have too few candidates. */
const excludedSuffix = '_excluded_questions';

/** `baseline/...` metrics; one that is not defined is left out, never 0. */
export function evaluateBaselines({ untrainedHead, zeroShot, bestOf }: EvaluateBaselinesOptions): Metric[] {
  return [
    ...rankerMetrics(untrainedHead, bestOf),
    ...modelMetrics('untrained_head', untrainedHead, bestOf),
    ...(zeroShot === null ? [] : modelMetrics('zero_shot', zeroShot, bestOf)),
  ].filter(({ value }) => Number.isFinite(value));
}

/** Of what reads no reward: null rankers, the vote, and whether any candidate is right. */
export function rankerMetrics(items: readonly Item[], bestOf: readonly number[]): Metric[] {
  const pairs = nullBaselines(items).map(({ name, pairwiseAccuracy: value }) => ({
    name: `baseline/${name}_pairwise_accuracy`,
    value,
  }));
  const { majority, ...others } = poolRules;
  const rules = Object.entries(hasAnswers(items) ? { ...others, majority } : others);
  const pools = rules.flatMap(([name, rule]) => [
    ...ruleMetrics(items, bestOf, rule, (N) => `baseline/${name}_at_${N}`),
    ...withinSourceMetrics(items, bestOf, rule, (N) => `baseline/within_source_${name}_at_${N}`),
  ]);
  return [...pairs, ...pools.filter(({ name }) => !name.endsWith(excludedSuffix))];
}

/** What chooses among the candidates of a pool without a reward; `pass`: a perfect judge. */
const poolRules = {
  random: atRandom,
  longest: byLongest,
  shortest: byShortest,
  majority: byMajority,
  pass: anyRight,
} as const satisfies Readonly<Record<string, PoolRule>>;

/** Of a model's metrics, those that are compared with the finetuned model's. */
function modelMetrics(name: string, items: readonly Item[], bestOf: readonly number[]): Metric[] {
  const kept = new Set([
    'eval/pairwise_accuracy',
    'eval/pairwise_accuracy_half_credit',
    'eval/tie_rate',
    'eval/non_finite_rewards',
    ...bestOf.flatMap((N) => [`eval/best_of_${N}`, `eval/best_of_${N}_standard_error`, `eval/weighted_vote_at_${N}`]),
    ...bestOf.map((N) => `eval/within_source_best_of_${N}`),
  ]);
  return evaluateTask({ items, bestOf })
    .filter((metric) => kept.has(metric.name))
    .map((metric) => ({ name: metric.name.replace('eval/', `baseline/${name}_`), value: metric.value }));
}
