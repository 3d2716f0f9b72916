/**
 * A synthetic sweep: 2 models x (none, 2 LM-only arms, 4 PMP budgets) x 4 sample sizes x 3 seeds = 168
 * trials, deterministic, with a chosen effect of PMP.
 */
import { randomStream } from '../../harness/random/index.ts';
import type { ClaimSpec } from '../../harness/spec/index.ts';
import type { PairOutcomes, TrialOutcome, TrialResult } from '../../harness/record/trial-result.ts';
import type { ReportInput } from '../../harness/report/index.ts';

export interface SweepOptions {
  /** Points of accuracy (as a fraction) that PMP's largest budget adds over no pretraining. */
  readonly effect?: number;
  /** Standard deviation over seeds. */
  readonly noise?: number;
  readonly tasks?: readonly string[];
  readonly models?: readonly string[];
  readonly samples?: readonly number[];
  readonly budgets?: readonly number[];
  readonly seeds?: readonly number[];
  readonly withOutcomes?: boolean;
  /** Accuracy without pretraining at the smallest sample size. */
  readonly base?: number;
  readonly gainPerDoubling?: number;
}

export const testPairs = 500;

export function sweep(options: SweepOptions = {}): { trials: TrialResult[]; pairOutcomes: PairOutcomes[] } {
  const {
    effect = 0.06,
    noise = 0.008,
    tasks = ['lookup'],
    models = ['qwen2-tiny', 'qwen2-small'],
    samples = [128, 256, 512, 1024],
    budgets = [1536, 3072, 6144, 12288],
    seeds = [0, 1, 2],
    base = 0.55,
    gainPerDoubling = 0.03,
  } = options;
  const largest = Math.max(...budgets);
  const arms = [
    ['none', 0],
    ['lm-equal-pairs', largest],
    ['lm-equal-tokens', largest],
    ...budgets.map((budget) => ['pmp', budget] as const),
  ] as const;
  const trials: TrialResult[] = [];
  const pairOutcomes: PairOutcomes[] = [];
  for (const task of tasks)
    for (const [size, model] of models.entries())
      for (const [arm, pairs] of arms)
        for (const n of samples)
          for (const seed of seeds) {
            // The arm's former id as the name of its draws: golden charts keep their numbers.
            const draws = arm === 'none' ? 'scratch' : arm;
            const random = randomStream(seed, 'fixture', task, model, draws, pairs, n);
            const gain =
              arm === 'pmp'
                ? effect * (Math.log2(pairs / 512) / Math.log2(largest / 512))
                : arm === 'none'
                  ? 0
                  : 0.15 * effect;
            const target =
              base +
              0.015 * size +
              gainPerDoubling * Math.log2(n / (samples[0] as number)) +
              gain +
              noise * random.normal();
            const right = Math.max(0, Math.min(testPairs, Math.round(testPairs * target)));
            const trialId = String(trials.length).padStart(12, '0');
            trials.push({
              trialId,
              seed,
              model,
              arm,
              task,
              samples: n,
              pmpPairs: arm === 'pmp' ? pairs : 0,
              pretrainPairs: pairs,
              declared: {},
              outcome: 'completed',
              cause: null,
              evaluateStage: `evaluate-${trialId}`,
              choices: { 'finetune.optimizer.learningRate': arm === 'none' ? 0.001 : 0.0003 },
              metrics: metricsOf(right / testPairs, { arm, pairs, seed, size }),
            });
            if (options.withOutcomes === true) pairOutcomes.push(ungrouped(trialId, outcomesOf(right, task)));
          }
  return { trials, pairOutcomes };
}

/** Every pair a group of its own. */
export function ungrouped(trialId: string, correct: PairOutcomes['correct']): PairOutcomes {
  const ids = [...correct.keys()];
  return { trialId, correct, groups: new Map(ids.map((id) => [id, id])), withinSource: new Set(ids) };
}

/**
 * Hard and easy test pairs are the same for all trials, as in a real test set: the first `right` of one fixed order.
 */
function outcomesOf(right: number, task: string): ReadonlyMap<string, number> {
  const order = randomStream(1, 'difficulty', task).shuffled(Array.from({ length: testPairs }, (_, i) => i));
  return new Map(order.map((item, rank) => [`pair-${item}`, rank < right ? 1 : 0]));
}

function metricsOf(
  accuracy: number,
  { arm, pairs, seed, size }: { arm: string; pairs: number; seed: number; size: number },
): Record<string, number> {
  const bestOf = Object.fromEntries(
    [1, 2, 4, 8, 16].flatMap((n) => {
      const doublings = Math.log2(n);
      return [
        [`eval/best_of_${n}`, Math.min(1, 0.25 + doublings * 0.5 * (accuracy - 0.5))],
        [`baseline/random_at_${n}`, 0.25],
        [`baseline/longest_at_${n}`, 0.25 - 0.01 * doublings],
        [`baseline/shortest_at_${n}`, 0.25 + 0.006 * doublings],
        [`baseline/majority_at_${n}`, 0.25 + 0.03 * doublings],
        [`baseline/pass_at_${n}`, 1 - 0.75 ** (0.6 * n + 0.4)],
        [`baseline/untrained_head_best_of_${n}`, 0.25 + 0.002 * doublings * (seed - 1)],
      ];
    }),
  );
  return {
    'eval/pairwise_accuracy': accuracy,
    'eval/pairwise_accuracy_half_credit': accuracy + 0.002,
    'eval/tie_rate': 0.004,
    'eval/pairwise_loss': 1.1 - accuracy,
    'eval/mean_margin': 2 * (accuracy - 0.5),
    'eval/reward_length_spearman': 0.05 + 0.01 * seed,
    'eval/pairs': testPairs,
    'eval/pool_questions': 200,
    'baseline/random_pairwise_accuracy': 0.5,
    'baseline/longest_pairwise_accuracy': 0.488,
    'baseline/shortest_pairwise_accuracy': 0.512,
    'baseline/untrained_head_pairwise_accuracy': 0.5 + 0.01 * (seed - 1) + 0.002 * size,
    ...(arm === 'pmp'
      ? {
          'baseline/zero_shot_pairwise_accuracy': 0.51 + 0.004 * seed + 0.003 * Math.log2(pairs / 512),
          'pretrain/heldout_pairwise_accuracy': 0.6 + 0.05 * Math.log2(pairs / 512) + 0.004 * seed,
        }
      : {}),
    ...(arm.startsWith('lm') ? { 'pretrain/heldout_pairwise_accuracy': 0.5 + 0.005 * seed } : {}),
    'select/finetune.optimizer.learningRate': arm === 'none' ? 0.001 : 0.0003,
    ...bestOf,
  };
}

export function input(parts: Partial<ReportInput> & Pick<ReportInput, 'trials'>): ReportInput {
  return {
    experiment: 'scale',
    title: null,
    question:
      'Does preference-model pretraining on code make reward-model finetuning cheaper, and how does that scale?',
    command: 'harness sweep experiments/scale.yaml',
    pairOutcomes: [],
    lengthOutcomes: [],
    registered: [],
    firstResultAt: null,
    audits: [],
    contaminations: [],
    provenance: {
      commits: ['0123456789abcdef0123456789abcdef01234567'],
      isDirty: true,
      machines: ['node-1'],
      dataFrom: '2026-01-02T03:04:05.000Z',
      dataUntil: '2026-01-03T03:04:05.000Z',
    },
    excluded: 4,
    duplicates: 2,
    ...parts,
  };
}

/** The same trials with some of them lost, as a real sweep loses them: `[index, outcome]`. */
export function lose(
  trials: readonly TrialResult[],
  lost: readonly (readonly [number, Exclude<TrialOutcome, 'completed'>])[],
): TrialResult[] {
  const outcomes = new Map(lost);
  return trials.map((trial, i) => {
    const outcome = outcomes.get(i);
    return outcome === undefined
      ? trial
      : { ...trial, outcome, cause: `finetune-0123456789ab ${outcome}: loss is not finite at step 120`, metrics: {} };
  });
}

/** What an input needs for a claim that a sweep recorded a day before the first result. */
export function claiming(
  claim: Partial<ClaimSpec> = {},
  seeds: readonly number[] = [0, 1, 2],
): Pick<ReportInput, 'registered' | 'firstResultAt'> {
  const whole: ClaimSpec = {
    treatment: 'pmp',
    reference: 'none',
    metric: null,
    direction: 'different',
    task: null,
    pretrainPairs: null,
    variant: null,
    survives: null,
    ...claim,
  };
  return {
    registered: [{ claim: whole, seeds, registeredAt: '2026-01-01T00:00:00.000Z' }],
    firstResultAt: '2026-01-02T04:00:00.000Z',
  };
}
