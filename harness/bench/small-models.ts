/** One model of every decoder family, small enough to train for 20 steps in a second: what devices are compared on. */
import type { ModelConfig } from '../model/index.ts';

/** Key and value heads of four: fewer where the family can share them. */
const keyValueHeads: Readonly<Record<ModelConfig['family'], number>> = {
  qwen2: 2,
  qwen3: 2,
  llama: 2,
  mistral: 2,
  gemma: 1,
  gemma2: 2,
  gemma3: 2,
  phi3: 2,
  olmo2: 4,
  olmo3: 2,
  smollm3: 2,
  gpt2: 4,
  'gpt-neox': 4,
};

/** Ids of tokens are below it. */
export const smallVocabulary = 97;

export const smallModels: readonly ModelConfig[] = (Object.keys(keyValueHeads) as ModelConfig['family'][]).map(
  (family) => ({
    name: `small-${family}`,
    family,
    hiddenSize: 32,
    layers: 2,
    heads: 4,
    keyValueHeads: keyValueHeads[family],
    headSize: null,
    intermediateSize: 48,
    contextLength: 64,
    vocabSize: smallVocabulary,
    rewardPooling: 'last',
    responseEnd: null,
    initStandardDeviation: 0.1,
    tieEmbeddings: null,
    constants: null,
  }),
);
