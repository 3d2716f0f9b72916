/** Models small enough for finite differences, one per family, and seeded rows for them. */
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { initParameters, parameterShapes, type ModelConfig, type Parameters } from '../../harness/model/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { modelConstantsSchema, type ModelConstants } from '../../harness/spec/experiment-schema.ts';

export const vocabSize = 13;

const shared = {
  name: 'tiny',
  hiddenSize: 8,
  layers: 2,
  heads: 4,
  intermediateSize: 12,
  contextLength: 16,
  rewardPooling: 'last',
  responseEnd: null,
  initStandardDeviation: 0.3,
  headSize: null,
  tieEmbeddings: null,
  constants: null,
  vocabSize,
} as const;
export const tinyModels: readonly ModelConfig[] = [
  { ...shared, family: 'qwen2', keyValueHeads: 2 },
  { ...shared, family: 'gpt2', keyValueHeads: 4 },
];

/** Overrides on top of a family's own constants. */
export function constantsWith(overrides: Partial<ModelConstants>): ModelConstants {
  return { ...modelConstantsSchema.parse({}), ...overrides };
}

/** Every family, each with what only it has. */
export const tinyFamilies: readonly ModelConfig[] = [
  ...tinyModels,
  {
    ...shared,
    family: 'llama',
    keyValueHeads: 2,
    headSize: 6,
    constants: constantsWith({
      ropeScaling: {
        kind: 'llama3',
        factor: 8,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalContextLength: 12,
      },
      attentionBias: true,
      mlpBias: true,
    }),
  },
  {
    ...shared,
    family: 'gemma2',
    keyValueHeads: 1,
    headSize: 4,
    constants: constantsWith({ queryScalar: 3, attentionSoftCap: 2, slidingWindow: 16 }),
  },
  { ...shared, family: 'gpt-neox', heads: 2, keyValueHeads: 2, constants: constantsWith({ rotaryFraction: 0.5 }) },
  { ...shared, family: 'qwen3', keyValueHeads: 2, headSize: 6, constants: constantsWith({ attentionBias: true }) },
  { ...shared, family: 'mistral', keyValueHeads: 2, headSize: 4, constants: constantsWith({ slidingWindow: 4 }) },
  { ...shared, family: 'gemma', keyValueHeads: 1, headSize: 4 },
  {
    ...shared,
    family: 'gemma3',
    keyValueHeads: 2,
    headSize: 4,
    constants: constantsWith({
      queryScalar: 3,
      slidingWindow: 4,
      windowedLayers: [0],
      localRopeTheta: 50,
      ropeScaling: { kind: 'linear', factor: 2 },
      logitSoftCap: 5,
    }),
  },
  { ...shared, family: 'phi3', keyValueHeads: 2, headSize: 4, constants: constantsWith({ rotaryFraction: 0.5 }) },
  { ...shared, family: 'olmo2', keyValueHeads: 2, tieEmbeddings: true },
  {
    ...shared,
    family: 'olmo3',
    keyValueHeads: 2,
    constants: constantsWith({
      slidingWindow: 4,
      windowedLayers: [1],
      ropeTheta: 50,
      ropeScaling: { kind: 'linear', factor: 2 },
    }),
  },
  {
    ...shared,
    family: 'smollm3',
    keyValueHeads: 2,
    constants: constantsWith({ unrotatedLayers: [1], slidingWindow: 4, windowedLayers: [1] }),
  },
  {
    ...shared,
    family: 'gpt-neox',
    heads: 2,
    keyValueHeads: 2,
    tieEmbeddings: true,
    constants: constantsWith({
      rotaryFraction: 1,
      parallelResidual: false,
      attentionBias: false,
      ropeScaling: { kind: 'linear', factor: 2 },
    }),
  },
];

/** How a test title calls a model. */
export function titled(model: ModelConfig): { readonly title: string; readonly model: ModelConfig } {
  const details = Object.entries(model.constants ?? {})
    .filter(([, value]) => value !== null)
    .map(([name]) => name);
  return { title: [model.family, ...details].join(' '), model };
}

/** Initial parameters with biases and norms moved off 0 and 1, so that a wrong gradient cannot hide behind a zero. */
export function bumpyParameters(model: ModelConfig, seed = 1): Parameters {
  const initial = initParameters(model, seed);
  return Object.fromEntries(
    [...parameterShapes(model)].map(([name, shape]) => {
      const stream = randomStream(seed, 'bump', name);
      const values = initial[name] ?? new Float32Array();
      return [name, shape.length === 1 ? values.map((value) => value + 0.2 * stream.normal()) : values];
    }),
  );
}

/** Pairs of random tokens; lengths 1..longest. */
export function randomPairs(count: number, seed: number, longest = 6): readonly EncodedPair[] {
  const stream = randomStream(seed, 'pairs');
  const tokens = (length: number): Int32Array => Int32Array.from({ length }, () => stream.integer(vocabSize));
  return Array.from({ length: count }, (_, index) => ({
    id: String(index),
    prompt: tokens(1 + stream.integer(longest)),
    chosen: tokens(1 + stream.integer(longest)),
    rejected: tokens(1 + stream.integer(longest)),
  }));
}
