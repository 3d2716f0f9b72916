/** The canonical axes of a trial: where it stands, derived from its sections alone. */
import type { PretrainSpec } from './training-schema.ts';
import type { TrialSpec } from './format.ts';
import type { ArmFacts, PretrainedFrom } from './kind.ts';

export interface CanonicalAxes {
  readonly model: string;
  /** Id of the arm. */
  readonly arm: string;
  /** Pairs of preference pretraining; 0 where the objective is another one. */
  readonly pmpPairs: number;
  /** The pretraining budget as written: pairs, or the pairs whose tokens it equals; 0 without pretraining. */
  readonly pretrainPairs: number;
  readonly task: string;
  readonly samples: number;
}

export const canonicalAxisNames = [
  'model',
  'arm',
  'pmpPairs',
  'pretrainPairs',
  'task',
  'samples',
] as const satisfies readonly (keyof CanonicalAxes)[];

/**
 * The first arm that matches this pretraining.
 * @throws Error where none does: the registry has an arm for every objective.
 */
export function armOf(
  { pretrain, ...from }: PretrainedFrom & Pick<TrialSpec, 'pretrain'>,
  arms: readonly ArmFacts[],
): string {
  const arm = arms.find((one) => one.matches(pretrain, from));
  if (arm === undefined) throw new Error(`no arm matches the objective ${pretrain.objective.kind}`);
  return arm.id;
}

export function budgetPairs(budget: PretrainSpec['budget']): number {
  return 'pairs' in budget ? budget.pairs : budget.tokensOfPairs;
}

export function canonicalAxes(trial: TrialSpec, arms: readonly ArmFacts[]): CanonicalAxes {
  const { model, pretrain, task, finetune } = trial;
  const { objective, budget } = pretrain;
  const pairs = objective.kind === 'none' ? 0 : budgetPairs(budget);
  return {
    model: model.name,
    arm: armOf(trial, arms),
    task: task.name,
    samples: finetune.samples,
    pmpPairs: objective.kind === 'pmp' ? pairs : 0,
    pretrainPairs: pairs,
  };
}
