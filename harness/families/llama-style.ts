/** What Llama named, and most families after it kept. */
import type { Dialect } from './dialect.ts';
import type { AttentionPart, MlpPart, NormNames } from './parts.ts';

export const plain = (name: string) => ({ name, bias: false });
export const biased = (name: string) => ({ name, bias: true });

/** Attention without soft-cap or window, scaled by the head size. */
export const ordinary = { queryScalar: null, softCap: null, slidingWindow: null, windowed: 'none' } as const;

export const llamaNames = { embedding: 'model.embed_tokens', blocks: 'model.layers', head: 'lm_head' } as const;
export const llamaNorms: NormNames = {
  attention: 'input_layernorm',
  afterAttention: null,
  mlp: 'post_attention_layernorm',
  afterMlp: null,
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
export const gatedMlp: MlpPart = {
  activation: 'silu',
  gate: plain('mlp.gate_proj'),
  up: plain('mlp.up_proj'),
  down: plain('mlp.down_proj'),
};

export const llamaKeys: Dialect['keys'] = {
  hiddenSize: 'hidden_size',
  layers: 'num_hidden_layers',
  heads: 'num_attention_heads',
  intermediateSize: 'intermediate_size',
  contextLength: 'max_position_embeddings',
  normEpsilon: 'rms_norm_eps',
  activation: 'hidden_act',
  keyValueHeads: 'num_key_value_heads',
  headSize: 'head_dim',
  ropeTheta: 'rope_theta',
  rotaryFraction: null,
};
