/**
 * One resolved point of a sweep without its seed: the sections that bear identity, and the canonical axes derived from
 * them.
 */
import { z } from 'zod';
import {
  corpusSchema,
  evaluateSchema,
  finetuneSchema,
  modelSchema,
  pairsSchema,
  pretrainSchema,
  taskSchema,
  tokenizerSchema,
  type ExperimentSpec,
} from './experiment-schema.ts';

export const sectionSchemas = {
  corpus: corpusSchema,
  tokenizer: tokenizerSchema,
  pairs: pairsSchema,
  model: modelSchema,
  pretrain: pretrainSchema,
  task: taskSchema,
  finetune: finetuneSchema,
  evaluate: evaluateSchema,
} as const;

export type SectionName = keyof typeof sectionSchemas;
export const sectionNames = Object.keys(sectionSchemas) as readonly SectionName[];

/** What axes and `select.at` may set; everything else is not part of a trial. */
export const trialSchema = z.strictObject(sectionSchemas);
export type TrialSpec = { readonly [S in SectionName]: ExperimentSpec[S] };

export type Arm = 'scratch' | 'lm-equal-pairs' | 'lm-equal-tokens' | 'pmp';

export interface CanonicalAxes {
  readonly architecture: string;
  readonly arm: Arm;
  /** Pairs of preference pretraining; 0 for every arm but `pmp`. */
  readonly pmpPairs: number;
  /** The pretraining budget as written: pairs, or the pairs whose tokens it equals; 0 for scratch. */
  readonly pretrainPairs: number;
  readonly task: string;
  readonly samples: number;
}

export const canonicalAxisNames = [
  'architecture',
  'arm',
  'pmpPairs',
  'pretrainPairs',
  'task',
  'samples',
] as const satisfies readonly (keyof CanonicalAxes)[];

export function armOf({ objective, budget }: TrialSpec['pretrain']): Arm {
  if (objective.kind === 'none') return 'scratch';
  if (objective.kind === 'pmp') return 'pmp';
  return 'pairs' in budget ? 'lm-equal-pairs' : 'lm-equal-tokens';
}

export function budgetPairs(budget: TrialSpec['pretrain']['budget']): number {
  return 'pairs' in budget ? budget.pairs : budget.tokensOfPairs;
}

export function canonicalAxes({ model, pretrain, task, finetune }: TrialSpec): CanonicalAxes {
  const arm = armOf(pretrain);
  const pairs = budgetPairs(pretrain.budget);
  return {
    architecture: model.name,
    arm,
    task: task.name,
    samples: finetune.samples,
    pmpPairs: arm === 'pmp' ? pairs : 0,
    pretrainPairs: arm === 'scratch' ? 0 : pairs,
  };
}
