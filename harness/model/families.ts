/**
 * The families, one record each. References: Qwen2 (arXiv 2407.10671), Llama 3 (arXiv 2407.21783), Gemma 2 (arXiv
 * 2408.00118), GPT-2 (Radford et al. 2019), GPT-NeoX and Pythia (arXiv 2204.06745, 2304.01373); parameter names as in
 * `transformers`.
 */
import { familyFacts, type ModelSpec } from '../spec/experiment-schema.ts';
import type { AttentionPart, Family, MlpPart, NormNames } from './family.ts';

const plain = (name: string) => ({ name, bias: false });
const biased = (name: string) => ({ name, bias: true });

/** Attention without soft-cap or window, scaled by the head size. */
const ordinary = { queryScalar: null, softCap: null, slidingWindow: null } as const;

/** What Llama named, Qwen2 and Gemma 2 kept. */
const llamaNames = { embedding: 'model.embed_tokens', blocks: 'model.layers', head: 'lm_head' } as const;
const llamaNorms: NormNames = {
  attention: 'input_layernorm',
  afterAttention: null,
  mlp: 'post_attention_layernorm',
  afterMlp: null,
  final: 'model.norm',
};
const llamaAttention: AttentionPart = {
  projection: {
    kind: 'separate',
    query: plain('self_attn.q_proj'),
    key: plain('self_attn.k_proj'),
    value: plain('self_attn.v_proj'),
  },
  output: plain('self_attn.o_proj'),
  ...ordinary,
};
const gatedMlp: MlpPart = {
  activation: 'silu',
  gate: plain('mlp.gate_proj'),
  up: plain('mlp.up_proj'),
  down: plain('mlp.down_proj'),
};

const llama: Family = {
  embedding: { name: llamaNames.embedding, scale: 'one' },
  position: { kind: 'rope', theta: 500_000, rotaryFraction: 1, scaling: null },
  blocks: llamaNames.blocks,
  norm: { kind: 'rms', epsilon: 1e-5, weightOffset: 0 },
  normNames: llamaNorms,
  weightLayout: 'out-in',
  attention: llamaAttention,
  mlp: gatedMlp,
  residual: 'sequential',
  head: { name: llamaNames.head, isTied: false, softCap: null },
};

const qwen2: Family = {
  ...llama,
  // Qwen2 itself uses 1e6 for its 32k context; our contexts are a few hundred tokens. Written to config.json as
  // rope_theta.
  position: { kind: 'rope', theta: 10_000, rotaryFraction: 1, scaling: null },
  norm: { kind: 'rms', epsilon: 1e-6, weightOffset: 0 },
  attention: {
    ...llamaAttention,
    projection: {
      kind: 'separate',
      query: biased('self_attn.q_proj'),
      key: biased('self_attn.k_proj'),
      value: biased('self_attn.v_proj'),
    },
  },
  head: { name: llamaNames.head, isTied: true, softCap: null },
};

const gemma2: Family = {
  ...llama,
  embedding: { name: llamaNames.embedding, scale: 'sqrt-hidden-size' },
  position: { kind: 'rope', theta: 10_000, rotaryFraction: 1, scaling: null },
  norm: { kind: 'rms', epsilon: 1e-6, weightOffset: 1 },
  // Llama's name for the second norm is here the one after attention.
  normNames: {
    attention: 'input_layernorm',
    afterAttention: 'post_attention_layernorm',
    mlp: 'pre_feedforward_layernorm',
    afterMlp: 'post_feedforward_layernorm',
    final: 'model.norm',
  },
  attention: { ...llamaAttention, softCap: 50, slidingWindow: familyFacts.gemma2SlidingWindow },
  mlp: { ...gatedMlp, activation: 'gelu-tanh' },
  head: { name: llamaNames.head, isTied: true, softCap: 30 },
};

const gpt2: Family = {
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
  mlp: { activation: 'gelu-tanh', gate: null, up: biased('mlp.c_fc'), down: biased('mlp.c_proj') },
  residual: 'sequential',
  head: { name: 'lm_head', isTied: true, softCap: null },
};

const gptNeox: Family = {
  embedding: { name: 'gpt_neox.embed_in', scale: 'one' },
  position: { kind: 'rope', theta: 10_000, rotaryFraction: familyFacts.gptNeoxRotaryFraction, scaling: null },
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
  mlp: { activation: 'gelu', gate: null, up: biased('mlp.dense_h_to_4h'), down: biased('mlp.dense_4h_to_h') },
  residual: 'parallel',
  head: { name: 'embed_out', isTied: false, softCap: null },
};

export const families: Readonly<Record<ModelSpec['family'], Family>> = {
  qwen2,
  llama,
  gemma2,
  gpt2,
  'gpt-neox': gptNeox,
};
