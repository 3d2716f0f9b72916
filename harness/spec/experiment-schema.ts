/**
 * The sections of an experiment that are the same whatever kinds there are, with their defaults and types. YAML keys
 * equal property names, and every type is inferred from its schema. After parsing nothing is optional, and "off" is
 * `null` or a kind of its own. Fields under `execution` and `report` never bear identity. `model`,
 * `pretrain` with `finetune`, and `execution` have files of their own. Sections that name a kind (corpus, pairs, task,
 * start) have their schemas in `harness/kinds/`. `format.ts` puts all of them together.
 */
import { z } from 'zod';
import { count, seed } from './atoms.ts';

export * from './execution-schema.ts';
export { plainSlurm, type SlurmSpec } from './slurm-schema.ts';
export * from './model-schema.ts';
export * from './rope-scaling.ts';
export * from './training-schema.ts';

const contaminationSchema = z.strictObject({
  accept: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Overlaps to accept: ids or groups of questions or of training rows; `train`, `pretrain-pairs` or ' +
        '`start-pairs` accepts all with the train split, the pretraining pairs or what a trained start has learned from.',
    ),
});

export const evaluateSchema = z.strictObject({
  bestOf: z
    .array(count)
    .min(1)
    .default([1, 2, 4, 8, 16])
    .describe("The N of best-of-N; each must be <= the pool's candidates a question."),
  contamination: contaminationSchema
    .default(contaminationSchema.parse({}))
    .describe('Questions of the evaluation that stand in the training data too are an error unless they are accepted.'),
});

const scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);
/** Dotted path -> value, e.g. `{"finetune.steps": 120}`; a value may be a whole section. */
const overridesSchema = z.record(z.string(), z.json());

/**
 * Hyperparameters chosen on the dev split: every combination of `over` is finetuned once for each distinct value of
 * `by`, at the point `at`.
 */
export const selectSchema = z.strictObject({
  by: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'What gets a choice of its own: `model`, `arm`, `task`, `pretrainPairs` (each budget), or an axis of the sweep.',
    ),
  at: overridesSchema.describe(
    'Overrides of the tuning runs, e.g. the sample size. ' +
      'PMP arms are tuned at the budget given here and the choice serves every budget of the arm, unless `by` has ' +
      '`pretrainPairs`.',
  ),
  seed: z
    .union([seed, z.array(seed).min(1)])
    .describe('Of the tuning runs; of several the mean decides. Best none of `seeds`, which then play no part in it.'),
  over: z.record(z.string(), z.array(scalar).min(1)),
});

/** An axis: `path: [values]`, or named cases `name: {case: {path: value}}`. */
export const axisSchema = z.union([z.array(z.json()).min(1), z.record(z.string(), overridesSchema)]);

export const sweepSchema = z.strictObject({
  axes: z.record(z.string(), axisSchema).default({}),
  zip: z
    .array(z.array(z.string()).min(2))
    .default([])
    .describe('Groups of axes that advance together instead of multiplying.'),
  exclude: z
    .array(z.record(z.string(), z.union([scalar, z.array(scalar)])))
    .default([])
    .describe('Points to leave out: each entry matches when all its axis values match; a list means any of them.'),
});

/** What becomes of rows that are longer than the context (`data/encode/fit-context.ts`). */
export const overLengthPolicies = ['refuse', 'drop', 'truncate-prompt-left', 'truncate-right'] as const;
export type OverLength = (typeof overLengthPolicies)[number];

export const overLengthSchema = z
  .enum(overLengthPolicies)
  .default('drop')
  .describe(
    'What becomes of rows whose prompt and response are longer than model.contextLength, in pretraining, finetuning ' +
      'and evaluation. `refuse`: an error. `drop`: left out and counted; of a pool the whole question. ' +
      '`truncate-prompt-left`: the prompt loses its oldest tokens. `truncate-right`: a response loses its end, and ' +
      'its label may no longer hold.',
  );

/** The arithmetic of training and scoring, where it differs by more than rounding. */
export const numericsNames = ['float32', 'bfloat16'] as const;
export type Numerics = (typeof numericsNames)[number];

export const numericsSchema = z
  .enum(numericsNames)
  .default('float32')
  .describe(
    'The arithmetic of training and scoring, which is identity. `bfloat16`: products of matrices in bfloat16, with ' +
      'float32 master weights, reward head and loss (backend torch).',
  );

/**
 * The section `tokenizer` as a trial has it: with the number of its tokens, wherever that is written. `checkpoint`:
 * that of the model that a trial starts from; never written, always derived.
 */
export interface TokenizerSpec {
  readonly kind: string;
  readonly vocabSize: number;
}
export type EvaluateSpec = z.output<typeof evaluateSchema>;
export type SelectSpec = z.output<typeof selectSchema>;
export type SweepSpec = z.output<typeof sweepSchema>;
