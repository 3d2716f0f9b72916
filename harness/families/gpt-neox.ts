/** GPT-NeoX and Pythia (arXiv 2204.06745, 2304.01373). */
import type { Family } from './family.ts';
import type { Dialect } from './dialect.ts';
import type { FamilyParts } from './parts.ts';
import { biased, llamaDialect, llamaKeys, ordinary, rope } from './llama-style.ts';

const parts: FamilyParts = {
  embedding: { name: 'gpt_neox.embed_in', scale: 'one' },
  position: rope(10_000, { rotaryFraction: 0.25 }),
  blocks: 'gpt_neox.layers',
  norm: { kind: 'layer', epsilon: 1e-5, weightOffset: 0 },
  normNames: {
    attention: 'input_layernorm',
    afterAttention: null,
    mlp: 'post_attention_layernorm',
    afterMlp: null,
    final: 'gpt_neox.final_layer_norm',
  },
  weightLayout: 'out-in',
  attention: {
    projection: { kind: 'fused', queryKeyValue: biased('attention.query_key_value'), order: 'by-head' },
    output: biased('attention.dense'),
    ...ordinary,
  },
  mlp: {
    activation: 'gelu',
    projection: { kind: 'plain', up: biased('mlp.dense_h_to_4h') },
    down: biased('mlp.dense_4h_to_h'),
  },
  residual: 'parallel',
  head: { name: 'embed_out', isTied: false, softCap: null },
};

const dialect: Dialect = {
  ...llamaDialect,
  modelType: 'gpt_neox',
  className: 'GPTNeoX',
  basePrefix: 'gpt_neox.',
  keys: {
    ...llamaKeys,
    normEpsilon: 'layer_norm_eps',
    keyValueHeads: null,
    headSize: null,
    ropeTheta: 'rotary_emb_base',
    rotaryFraction: 'rotary_pct',
  },
  switches: {
    attentionBias: { key: 'attention_bias', fallback: true },
    parallelResidual: { key: 'use_parallel_residual', fallback: true },
  },
  fallbacks: { ...llamaDialect.fallbacks, normEpsilon: 1e-5, activation: 'gelu', rotaryFraction: 0.25 },
};

export const gptNeox: Family = { parts, dialect };
