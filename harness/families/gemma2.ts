/** Gemma 2 (arXiv 2408.00118). */
import type { Family } from './family.ts';
import type { Dialect } from './dialect.ts';
import type { FamilyParts } from './parts.ts';
import { llama } from './llama.ts';
import { gatedMlp, llamaAttention, llamaKeys, llamaNames } from './llama-style.ts';

const parts: FamilyParts = {
  ...llama.parts,
  embedding: { name: llamaNames.embedding, scale: 'sqrt-hidden-size' },
  position: { kind: 'rope', theta: 10_000, rotaryFraction: 1 },
  norm: { kind: 'rms', epsilon: 1e-6, weightOffset: 1 },
  // Llama's name for the second norm is here the one after attention.
  normNames: {
    attention: 'input_layernorm',
    afterAttention: 'post_attention_layernorm',
    mlp: 'pre_feedforward_layernorm',
    afterMlp: 'post_feedforward_layernorm',
    final: 'model.norm',
  },
  attention: { ...llamaAttention, softCap: 50, slidingWindow: 4096, windowed: { fullEvery: 2 } },
  mlp: { ...gatedMlp, activation: 'gelu-tanh' },
  head: { name: llamaNames.head, isTied: true, softCap: 30 },
};

const dialect: Dialect = {
  modelType: 'gemma2',
  className: 'Gemma2',
  basePrefix: 'model.',
  keys: { ...llamaKeys, activation: 'hidden_activation' },
  switches: {
    attentionBias: { key: 'attention_bias', fallback: false },
    queryScalar: { key: 'query_pre_attn_scalar', fallback: 256 },
    attentionSoftCap: { key: 'attn_logit_softcapping', fallback: 50 },
    logitSoftCap: { key: 'final_logit_softcapping', fallback: 30 },
    slidingWindow: { key: 'sliding_window', fallback: 4096 },
  },
  fallbacks: {
    normEpsilon: 1e-6,
    activation: 'gelu_pytorch_tanh',
    tieEmbeddings: true,
    rotaryFraction: 1,
    headSize: 256,
  },
  fixed: { use_bidirectional_attention: false },
  extras: {},
};

export const gemma2: Family = { parts, dialect };
