/**
 * The sections of an experiment that are the same whatever kinds there are, with their defaults and types. YAML keys
 * equal property names, and every type is inferred from here. After parsing nothing is optional, and "off" is `null` or
 * a kind of its own. Fields under `execution` and `report` never bear identity. Sections that name a kind (corpus,
 * pairs, task, start) have their schemas in `harness/kinds/`. `format.ts` puts all of them together.
 */
import { z } from 'zod';
import { count, fraction, name, positive, seed } from './atoms.ts';

export const tokenizerSchema = z.strictObject({
  kind: z.literal('bpe'),
  vocabSize: z.number().int().min(257).max(65_536).default(1024),
});

/** Rotary positions stretched to longer contexts than a model was trained on, as `rope_scaling` of `transformers`. */
export const ropeScalingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('linear'), factor: positive }),
  z.strictObject({
    kind: z.literal('llama3'),
    factor: positive,
    lowFrequencyFactor: positive,
    highFrequencyFactor: positive,
    originalContextLength: count,
  }),
]);

/** A number of its own, `none` = the part is off, null = the family's own. */
const switchable = z
  .union([positive, z.literal('none')])
  .nullable()
  .default(null);

/** Facts of families that rules about a model need, before the model room reads them. */
export const familyFacts = { gemma2SlidingWindow: 4096, gptNeoxRotaryFraction: 0.25 } as const;

export const modelConstantsSchema = z.strictObject({
  normEpsilon: positive.nullable().default(null),
  ropeTheta: positive.nullable().default(null).describe('Base of the rotary angles.'),
  ropeScaling: ropeScalingSchema.nullable().default(null),
  rotaryFraction: z
    .number()
    .positive()
    .max(1)
    .nullable()
    .default(null)
    .describe('Share of each head that is rotated (gpt-neox).'),
  activation: z
    .enum(['silu', 'gelu-tanh', 'gelu'])
    .nullable()
    .default(null)
    .describe('`gelu` is exact (erf), `gelu-tanh` its approximation.'),
  attentionBias: z
    .boolean()
    .nullable()
    .default(null)
    .describe('Biases of query, key, value and output projection (llama, gemma2, gpt-neox).'),
  mlpBias: z.boolean().nullable().default(null).describe('Biases of the feed-forward maps (llama).'),
  queryScalar: positive
    .nullable()
    .default(null)
    .describe('Attention scores are divided by its square root (gemma2); the head size where null.'),
  attentionSoftCap: switchable.describe('Attention scores s become cap tanh(s / cap) (gemma2).'),
  logitSoftCap: switchable.describe('The same for the next-token logits (gemma2).'),
  slidingWindow: count
    .nullable()
    .default(null)
    .describe(
      'Tokens seen by every other layer (gemma2). A contextLength beyond it is refused: windows are not computed.',
    ),
  parallelResidual: z
    .boolean()
    .nullable()
    .default(null)
    .describe('Attention and feed-forward read the same input (gpt-neox).'),
});

export const modelSchema = z.strictObject({
  name,
  family: z.enum(['qwen2', 'llama', 'gemma2', 'gpt2', 'gpt-neox']),
  hiddenSize: count,
  layers: count,
  heads: count,
  keyValueHeads: count.describe(
    'Grouped-query attention (qwen2, llama, gemma2); equal to `heads` for gpt2 and gpt-neox.',
  ),
  intermediateSize: count,
  contextLength: count,
  rewardPooling: z
    .enum(['last', 'mean'])
    .default('last')
    .describe(
      'Which hidden states the linear reward head reads: ' +
        'the last response token (the paper), or the mean over the response.',
    ),
  initStandardDeviation: positive.default(0.02),
  headSize: count
    .nullable()
    .default(null)
    .describe('Width of one attention head (qwen2, llama, gemma2); null = hiddenSize / heads.'),
  tieEmbeddings: z
    .boolean()
    .nullable()
    .default(null)
    .describe(
      'Whether the LM head is the token embedding; null = as the family: ' +
        'tied in qwen2, gemma2 and gpt2, not in llama and gpt-neox.',
    ),
  constants: modelConstantsSchema.nullable().default(null).describe("Constants other than the family's own."),
});

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
export const durationSchema = z.union([
  z.strictObject({ steps: z.number().int().min(0) }),
  z.strictObject({ fraction }),
]);

export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('wsd'), warmup: durationSchema, decayFraction: fraction.default(0.2) }),
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

export const pretrainObjectiveSchema = z.discriminatedUnion('kind', [
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

/** What finetuning changes; everything else keeps the value of the backbone, and has neither gradients nor moments. */
export const trainableSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('frozen-embeddings'),
    frozenLayers: z.number().int().min(0).default(0).describe('The first layers, frozen with the embeddings.'),
    frozenStorage: halfPrecision
      .nullable()
      .default(null)
      .describe(
        'How frozen weights are kept; null = float32. A half-precision one rounds them, in the saved model too.',
      ),
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
    frozenStorage: halfPrecision
      .nullable()
      .default(null)
      .describe(
        'How frozen weights are kept; null = float32. A half-precision one rounds them, in the saved model too.',
      ),
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
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
});

export const evaluateSchema = z.strictObject({
  bestOf: z
    .array(count)
    .min(1)
    .default([1, 2, 4, 8, 16])
    .describe("The N of best-of-N; each must be <= the pool's candidates a question."),
});

const scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);
/** Dotted path -> value, e.g. `{"finetune.steps": 120}`; a value may be a whole section. */
export const overridesSchema = z.record(z.string(), z.json());

/**
 * Hyperparameters chosen on the dev split: every combination of `over` is finetuned once for each distinct value of
 * `by`, at the point `at`.
 */
export const selectSchema = z.strictObject({
  by: z
    .array(z.enum(['model', 'arm', 'task']))
    .min(1)
    .describe('Canonical axes that get a choice of their own.'),
  at: overridesSchema.describe(
    'Overrides of the tuning runs, e.g. the sample size. ' +
      'PMP arms are tuned at the budget given here and the choice serves every budget of the arm.',
  ),
  seed,
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

/** Where models can be trained and scored. */
export const deviceNames = ['cpu', 'webgpu', 'cuda', 'tfjs'] as const;
export type Device = (typeof deviceNames)[number];

export const executionSchema = z.strictObject({
  workers: count.default(2),
  threads: count.default(1),
  device: z
    .enum(['auto', ...deviceNames])
    .default('cpu')
    .describe(
      'Where models are trained and scored; `auto`: cuda, else webgpu on a real adapter, else cpu. ' +
        'On a GPU one worker runs unless -j asks for more.',
    ),
  backend: z
    .string()
    .default('native')
    .describe('The program that carries stages out; `native` is this one, a plug-in may register others.'),
  checkpointEverySeconds: positive.default(30).describe('A running training stage saves a resume point this often.'),
});

/** `checkpoint`: the tokenizer of the model that a trial starts from; never written, always derived. */
export type TokenizerSpec =
  z.output<typeof tokenizerSchema> | { readonly kind: 'checkpoint'; readonly vocabSize: number };
export type ModelSpec = z.output<typeof modelSchema>;
export type ModelConstants = z.output<typeof modelConstantsSchema>;
export type RopeScaling = z.output<typeof ropeScalingSchema>;
export type OptimizerSpec = z.output<typeof optimizerSchema>;
export type PairwiseTerms = Pick<z.output<typeof finetuneSchema>['objective'], keyof typeof pairwiseTerms>;
export type TrainableSpec = z.output<typeof trainableSchema>;
export type HalfPrecision = z.output<typeof halfPrecision>;
export type DurationSpec = z.output<typeof durationSchema>;
export type ScheduleSpec = z.output<typeof scheduleSchema>;
export type PretrainSpec = z.output<typeof pretrainSchema>;
export type PretrainObjective = z.output<typeof pretrainObjectiveSchema>;
export type FinetuneSpec = z.output<typeof finetuneSchema>;
export type EvaluateSpec = z.output<typeof evaluateSchema>;
export type SelectSpec = z.output<typeof selectSchema>;
export type SweepSpec = z.output<typeof sweepSchema>;
export type ExecutionSpec = z.output<typeof executionSchema>;
