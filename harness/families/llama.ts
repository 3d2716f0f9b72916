/** Llama 3 (arXiv 2407.21783). */
import type { Family } from './family.ts';
import type { Dialect } from './dialect.ts';
import type { FamilyParts } from './parts.ts';
import { gatedMlp, llamaAttention, llamaKeys, llamaNames, llamaNorms } from './llama-style.ts';

const parts: FamilyParts = {
  embedding: { name: llamaNames.embedding, scale: 'one' },
  position: { kind: 'rope', theta: 500_000, rotaryFraction: 1 },
  blocks: llamaNames.blocks,
  norm: { kind: 'rms', epsilon: 1e-5, weightOffset: 0 },
  normNames: llamaNorms,
  weightLayout: 'out-in',
  attention: llamaAttention,
  mlp: gatedMlp,
  residual: 'sequential',
  head: { name: llamaNames.head, isTied: false, softCap: null },
};

const dialect: Dialect = {
  modelType: 'llama',
  className: 'Llama',
  basePrefix: 'model.',
  keys: llamaKeys,
  switches: {
    attentionBias: { key: 'attention_bias', fallback: false },
    mlpBias: { key: 'mlp_bias', fallback: false },
  },
  fallbacks: { normEpsilon: 1e-6, activation: 'silu', tieEmbeddings: false, rotaryFraction: 1, headSize: null },
  fixed: {},
  extras: {},
};

export const llama: Family = { parts, dialect };
