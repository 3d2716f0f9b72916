/**
 * The sections `pretrain` and `finetune`, and what both have: optimizer, schedule, terms of the loss, layout of a step.
 */
import { z } from 'zod';
import { count, fraction, positive } from './atoms.ts';

const halfPrecision = z.enum(['bfloat16', 'float16']);

export const optimizerSchema = z.strictObject({
  kind: z.literal('adamw'),
  learningRate: positive,
  beta1: fraction.default(0.9),
  beta2: fraction.default(0.95),
  epsilon: positive.default(1e-8),
  weightDecay: z.number().min(0).default(0.1).describe('Decoupled; matrices only, never biases or norms.'),
  clipNorm: positive.nullable().default(1).describe('Global gradient norm limit; null = off.'),
  momentStorage: halfPrecision
    .nullable()
    .default(null)
    .describe("How Adam's moments are kept between updates (computed in float32); null = float32."),
  ema: z
    .strictObject({ decay: z.number().gt(0).lt(1) })
    .nullable()
    .default(null)
    .describe(
      'Exponential moving average of the weights, which is then the model that is saved: ' +
        'average <- decay average + (1 - decay) weights after every update.',
    ),
});

/** Exactly one unit: steps, or a fraction of all steps. */
const durationSchema = z.union([z.strictObject({ steps: z.number().int().min(0) }), z.strictObject({ fraction })]);

const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('wsd'),
    warmup: durationSchema,
    decayFraction: fraction.default(0.2),
    decayShape: z
      .literal('cosine')
      .nullable()
      .default(null)
      .describe('`cosine`: the decay is half a cosine, as that of transformers; null = linear.'),
  }),
  z.strictObject({ kind: z.literal('cosine'), warmup: durationSchema }),
]);

/** Terms of the pairwise loss beyond -log sigmoid(reward(chosen) - reward(rejected)); both off by default. */
const pairwiseTerms = {
  rewardCentering: positive
    .nullable()
    .default(null)
    .describe(
      'Adds this much x mean((reward(chosen) + reward(rejected))^2), ' +
        'which keeps rewards near 0 (Eisenstein et al. 2023, arXiv 2312.09244). null = off.',
    ),
  margin: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('constant'), value: positive }),
      z.strictObject({ kind: z.literal('data'), scale: positive.default(1) }),
    ])
    .nullable()
    .default(null)
    .describe(
      '-log sigmoid(reward(chosen) - reward(rejected) - margin) (Llama 2, arXiv 2307.09288, section 3.2.2): ' +
        'one for all pairs, or `scale` x the `margin` of each pair in the data (0 where it has none).',
    ),
};

/** How the pairs of a step are laid out; the same mathematics each way, other rounding. */
const batchLayout = {
  pairsPerMicroBatch: count
    .nullable()
    .default(null)
    .describe(
      'Gradient accumulation: the pairs of a step are computed this many at a time and update the weights once, ' +
        'with less memory. null = all at once.',
    ),
  sharePrompts: z
    .literal(true)
    .nullable()
    .default(null)
    .describe(
      'true: pairs of one prompt that meet in a step are one row, prompt and equal responses computed once. ' +
        'null = a row a pair.',
    ),
};

const pretrainObjectiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('lm') }),
  z.strictObject({
    kind: z.literal('pmp'),
    pairwiseWeight: positive.default(1),
    lmWeight: z.number().min(0).default(1),
    ...pairwiseTerms,
  }),
]);

export const pretrainSchema = z.strictObject({
  objective: pretrainObjectiveSchema,
  budget: z
    .union([z.strictObject({ pairs: count }), z.strictObject({ tokensOfPairs: count })])
    .describe(
      '`pairs`: this many pairs. `tokensOfPairs`: as many tokens as a PMP run over that many pairs would see (for lm).',
    ),
  pairsPerStep: count.default(16),
  ...batchLayout,
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
});

const frozenStorage = halfPrecision
  .nullable()
  .default(null)
  .describe('How frozen weights are kept; null = float32. A half-precision one rounds them, in the saved model too.');

/** What finetuning changes; everything else keeps the value of the backbone, and has neither gradients nor moments. */
const trainableSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frozen-embeddings'),
    frozenLayers: z.number().int().min(0).default(0).describe('The first layers, frozen with the embeddings.'),
    frozenStorage,
  }),
  z.strictObject({
    kind: z.literal('lora'),
    rank: count,
    alpha: positive.describe("The adapters' part is scaled by alpha / rank."),
    targets: z
      .array(z.string())
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'Linear maps that get an adapter, by the end of their Hugging Face name (`q_proj`, `mlp.c_proj`); ' +
          'null = every linear map of every layer.',
      ),
    frozenStorage,
  }),
]);

export const finetuneSchema = z.strictObject({
  objective: z
    .strictObject({ pairwiseWeight: positive.default(1), lmWeight: z.number().min(0).default(0), ...pairwiseTerms })
    .describe('Reward-model loss = pairwise + lmWeight x LM on the chosen response.'),
  samples: count,
  steps: count,
  pairsPerStep: count.default(16),
  ...batchLayout,
  trainable: trainableSchema
    .nullable()
    .default(null)
    .describe(
      'null = all parameters. `lora`: low-rank adapters (Hu et al. 2021, arXiv 2106.09685) and the reward head; ' +
        'the saved model has them merged.',
    ),
  stopping: z
    .strictObject({
      every: count.describe('Steps between two looks at the dev split.'),
      patience: count.describe('Looks without a better one after which training ends.'),
    })
    .nullable()
    .default(null)
    .describe(
      'Early stopping on dev pairwise accuracy (a tie: the lower dev loss): the best of the models looked at is ' +
        'kept, and `steps` are the most. null = the model of the last step.',
    ),
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
});

export type OptimizerSpec = z.output<typeof optimizerSchema>;
export type PairwiseTerms = Pick<z.output<typeof finetuneSchema>['objective'], keyof typeof pairwiseTerms>;
export type TrainableSpec = z.output<typeof trainableSchema>;
export type HalfPrecision = z.output<typeof halfPrecision>;
export type DurationSpec = z.output<typeof durationSchema>;
export type ScheduleSpec = z.output<typeof scheduleSchema>;
export type PretrainSpec = z.output<typeof pretrainSchema>;
export type PretrainObjective = z.output<typeof pretrainObjectiveSchema>;
export type FinetuneSpec = z.output<typeof finetuneSchema>;
