/**
 * The fixed models that speed is measured on, by size: decoders with RMSNorm, rotary positions, SwiGLU and an LM head
 * of their own, no biases.
 */
import { initParameters, type SavedModel, type ModelConfig } from '../model/index.ts';

export const yardstickSizes = ['0.3m', '5m', '30m', '125m'] as const;
export type YardstickSize = (typeof yardstickSizes)[number];

/** Parameters: 1.01 M (0.22 M without the embeddings, as in sweeps on two cores), 5.26 M, 33.7 M, 134 M. */
export function yardstick(size: YardstickSize): ModelConfig {
  const widths = sizes[size];
  return { name: `yardstick-${size}`, family: 'llama', ...shared, ...widths, keyValueHeads: widths.heads };
}

/** The same with weights, for scoring. */
export function yardstickReward(size: YardstickSize): SavedModel {
  const model = yardstick(size);
  return { model, parameters: initParameters(model, 0) };
}

const sizes = {
  '0.3m': { hiddenSize: 96, layers: 2, heads: 4, intermediateSize: 256, vocabSize: 4096 },
  '5m': { hiddenSize: 256, layers: 4, heads: 4, intermediateSize: 688, vocabSize: 4096 },
  '30m': { hiddenSize: 512, layers: 8, heads: 8, intermediateSize: 1376, vocabSize: 8192 },
  '125m': { hiddenSize: 768, layers: 12, heads: 12, intermediateSize: 2048, vocabSize: 32_000 },
} as const;

const shared = {
  contextLength: 1024,
  rewardPooling: 'last',
  responseEnd: null,
  initStandardDeviation: 0.02,
  headSize: null,
  tieEmbeddings: false,
  constants: {
    normEpsilon: 1e-6,
    ropeTheta: 10_000,
    ropeScaling: null,
    rotaryFraction: null,
    activation: null,
    attentionBias: null,
    mlpBias: null,
    queryScalar: null,
    attentionSoftCap: null,
    logitSoftCap: null,
    slidingWindow: null,
    windowedLayers: null,
    unrotatedLayers: null,
    localRopeTheta: null,
    parallelResidual: null,
  },
} as const;
