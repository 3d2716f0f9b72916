/** What Llama named, and most families after it kept. */
import { activationNames, type Dialect } from './dialect.ts';
import type { AttentionPart, FamilyParts, LinearPart, MlpPart, NormNames, QueryKeyNorm, RopePart } from './parts.ts';

export const plain = (name: string): LinearPart => ({ name, bias: false });
export const biased = (name: string): LinearPart => ({ name, bias: true });

/** Attention without norms, soft cap or window, scaled by the head size. */
export const ordinary = {
  queryKeyNorm: null,
  queryScalar: null,
  softCap: null,
  slidingWindow: null,
  windowed: 'all',
} as const;

/** Rotary positions of whole heads in every layer, unless said otherwise. */
export function rope(theta: number, others: Partial<RopePart> = {}): RopePart {
  return { kind: 'rope', theta, rotaryFraction: 1, unrotated: 'none', localTheta: null, ...others };
}

export const llamaNames = { embedding: 'model.embed_tokens', blocks: 'model.layers', head: 'lm_head' } as const;
export const llamaNorms: NormNames = {
  attention: 'input_layernorm',
  afterAttention: null,
  mlp: 'post_attention_layernorm',
  afterMlp: null,
  final: 'model.norm',
};
/** Llama's name for the second norm is here the one after attention. */
export const sandwichNorms: NormNames = {
  attention: 'input_layernorm',
  afterAttention: 'post_attention_layernorm',
  mlp: 'pre_feedforward_layernorm',
  afterMlp: 'post_feedforward_layernorm',
  final: 'model.norm',
};
export const llamaAttention: AttentionPart = {
  projection: {
    kind: 'separate',
    query: plain('self_attn.q_proj'),
    key: plain('self_attn.k_proj'),
    value: plain('self_attn.v_proj'),
  },
  output: plain('self_attn.o_proj'),
  ...ordinary,
};
export function queryKeyNorm(over: QueryKeyNorm['over']): QueryKeyNorm {
  return { query: 'self_attn.q_norm', key: 'self_attn.k_norm', over };
}
export const gatedMlp: MlpPart = {
  activation: 'silu',
  projection: { kind: 'gated', gate: plain('mlp.gate_proj'), up: plain('mlp.up_proj') },
  down: plain('mlp.down_proj'),
};

export const llamaParts: FamilyParts = {
  embedding: { name: llamaNames.embedding, scale: 'one' },
  position: rope(10_000),
  blocks: llamaNames.blocks,
  norm: { kind: 'rms', epsilon: 1e-6, weightOffset: 0 },
  normNames: llamaNorms,
  weightLayout: 'out-in',
  attention: llamaAttention,
  mlp: gatedMlp,
  residual: 'sequential',
  head: { name: llamaNames.head, isTied: false, softCap: null },
};

export const llamaKeys: Dialect['keys'] = {
  hiddenSize: 'hidden_size',
  layers: 'num_hidden_layers',
  heads: 'num_attention_heads',
  intermediateSize: 'intermediate_size',
  contextLength: 'max_position_embeddings',
  normEpsilon: 'rms_norm_eps',
  activation: 'hidden_act',
  otherActivation: null,
  keyValueHeads: 'num_key_value_heads',
  headSize: 'head_dim',
  ropeTheta: 'rope_theta',
  localRopeTheta: null,
  rotaryFraction: null,
};

/** What the classes after Llama's share; a family names itself and what it has otherwise. */
export const llamaDialect: Omit<Dialect, 'modelType' | 'className'> = {
  basePrefix: 'model.',
  keys: llamaKeys,
  windows: null,
  unrotated: null,
  switches: {},
  fallbacks: {
    normEpsilon: 1e-6,
    activation: 'silu',
    tieEmbeddings: false,
    rotaryFraction: 1,
    ropeTheta: 10_000,
    localRopeTheta: null,
    headSize: null,
    keyValueHeads: null,
  },
  activations: activationNames,
  fixed: {},
  extras: {},
};

/** Windows of Qwen's classes: in the last layers, and only where they are switched on. */
export const qwenWindows: Dialect['windows'] = {
  size: 'sliding_window',
  fallback: 4096,
  enabled: 'use_sliding_window',
  layers: { from: 'max_window_layers', fallback: 28 },
};
