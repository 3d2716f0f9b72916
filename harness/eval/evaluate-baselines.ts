/**
 * The baselines of every result: null rankers, vote and ceiling on the pool, and backbones whose head
 * was never trained on the task.
 */
import { evaluateTask } from './evaluate-task.ts';
import type { Item, Metric } from './item.ts';
import { majorityAtN } from './majority-at-n.ts';
import { nullBaselines } from './null-baselines.ts';
import { passAtN } from './pass-at-n.ts';

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
  const nulls = nullBaselines(items, bestOf);
  const pairs = nulls.map(({ name, pairwiseAccuracy: value }) => ({
    name: `baseline/${name}_pairwise_accuracy`,
    value,
  }));
  const pools = [
    ...nulls,
    { name: 'majority', atN: majorityAtN(items, bestOf) },
    { name: 'pass', atN: passAtN(items, bestOf) },
  ];
  return [
    ...pairs,
    ...pools.flatMap(({ name, atN }) => atN.map(({ N, value }) => ({ name: `baseline/${name}_at_${N}`, value }))),
  ];
}

/** Of a model's metrics, those that are compared with the finetuned model's. */
function modelMetrics(name: string, items: readonly Item[], bestOf: readonly number[]): Metric[] {
  const kept = new Set([
    'eval/pairwise_accuracy',
    'eval/pairwise_accuracy_half_credit',
    'eval/tie_rate',
    'eval/non_finite_rewards',
    ...bestOf.map((N) => `eval/best_of_${N}`),
  ]);
  return evaluateTask({ items, bestOf })
    .filter((metric) => kept.has(metric.name))
    .map((metric) => ({ name: metric.name.replace('eval/', `baseline/${name}_`), value: metric.value }));
}
