/** GPT-2 (Radford et al. 2019). */
import type { Family } from './family.ts';
import { activationNames, type Dialect } from './dialect.ts';
import type { FamilyParts } from './parts.ts';
import { biased, llamaDialect, ordinary } from './llama-style.ts';

const parts: FamilyParts = {
  embedding: { name: 'transformer.wte', scale: 'one' },
  position: { kind: 'learned', name: 'transformer.wpe' },
  blocks: 'transformer.h',
  norm: { kind: 'layer', epsilon: 1e-5, weightOffset: 0 },
  normNames: { attention: 'ln_1', afterAttention: null, mlp: 'ln_2', afterMlp: null, final: 'transformer.ln_f' },
  weightLayout: 'in-out',
  attention: {
    projection: { kind: 'fused', queryKeyValue: biased('attn.c_attn'), order: 'by-part' },
    output: biased('attn.c_proj'),
    ...ordinary,
  },
  mlp: {
    activation: 'gelu-tanh',
    projection: { kind: 'plain', up: biased('mlp.c_fc') },
    down: biased('mlp.c_proj'),
  },
  residual: 'sequential',
  head: { name: 'lm_head', isTied: true, softCap: null },
};

const dialect: Dialect = {
  ...llamaDialect,
  modelType: 'gpt2',
  className: 'GPT2',
  basePrefix: 'transformer.',
  keys: {
    hiddenSize: 'n_embd',
    layers: 'n_layer',
    heads: 'n_head',
    intermediateSize: 'n_inner',
    contextLength: 'n_positions',
    normEpsilon: 'layer_norm_epsilon',
    activation: 'activation_function',
    otherActivation: null,
    keyValueHeads: null,
    headSize: null,
    ropeTheta: null,
    localRopeTheta: null,
    rotaryFraction: null,
  },
  fallbacks: { ...llamaDialect.fallbacks, normEpsilon: 1e-5, activation: 'gelu_new', tieEmbeddings: true },
  // Its files have always said `gelu_new` for the approximation.
  activations: { ...activationNames, 'gelu-tanh': ['gelu_new', 'gelu_pytorch_tanh', 'gelu_fast'] },
  fixed: { scale_attn_weights: true, scale_attn_by_inverse_layer_idx: false, add_cross_attention: false },
  extras: { resid_pdrop: 0, embd_pdrop: 0, attn_pdrop: 0 },
};

export const gpt2: Family = { parts, dialect };
