/**
 * How `transformers` writes each family down: class names, the keys of config.json, and what an absent key means there.
 * Checked against its published sources (configuration_*.py and modeling_*.py of qwen2, llama, gemma2, gpt2 and
 * gpt_neox, versions 4 and 5).
 */
import type { ModelConstants, ModelSpec } from '../spec/experiment-schema.ts';

export interface Dialect {
  readonly modelType: string;
  /** `Qwen2` of Qwen2ForSequenceClassification, Qwen2ForCausalLM, Qwen2Model. */
  readonly className: string;
  /** What names of parameters begin with, but for heads; folders of a bare model leave it out. */
  readonly basePrefix: string;
  readonly keys: {
    readonly hiddenSize: string;
    readonly layers: string;
    readonly heads: string;
    readonly intermediateSize: string;
    readonly contextLength: string;
    readonly normEpsilon: string;
    readonly activation: string;
    /** null: the family has none. */
    readonly keyValueHeads: string | null;
    readonly headSize: string | null;
    readonly ropeTheta: string | null;
    readonly rotaryFraction: string | null;
  };
  /** Constants that are one key each, with the class's own default. */
  readonly switches: Partial<
    Readonly<Record<keyof ModelConstants, { readonly key: string; readonly fallback: number | boolean }>>
  >;
  readonly fallbacks: {
    readonly normEpsilon: number;
    readonly activation: string;
    readonly tieEmbeddings: boolean;
    readonly rotaryFraction: number;
    readonly headSize: number | null;
  };
  /** Keys that change the computation, and the one value that is computed here (it is also the class's default). */
  readonly fixed: Readonly<Record<string, boolean>>;
  /** Written as they are: dropout, which our models were trained without. */
  readonly extras: Readonly<Record<string, number | boolean>>;
}

const llamaKeys: Dialect['keys'] = {
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

const qwen2: Dialect = {
  modelType: 'qwen2',
  className: 'Qwen2',
  basePrefix: 'model.',
  keys: llamaKeys,
  switches: {},
  fallbacks: { normEpsilon: 1e-6, activation: 'silu', tieEmbeddings: false, rotaryFraction: 1, headSize: null },
  fixed: {},
  extras: { use_sliding_window: false },
};

const llama: Dialect = {
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

const gemma2: Dialect = {
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

const gpt2: Dialect = {
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
    keyValueHeads: null,
    headSize: null,
    ropeTheta: null,
    rotaryFraction: null,
  },
  switches: {},
  fallbacks: { normEpsilon: 1e-5, activation: 'gelu_new', tieEmbeddings: true, rotaryFraction: 1, headSize: null },
  fixed: { scale_attn_weights: true, scale_attn_by_inverse_layer_idx: false, add_cross_attention: false },
  extras: { resid_pdrop: 0, embd_pdrop: 0, attn_pdrop: 0 },
};

const gptNeox: Dialect = {
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
  fallbacks: { normEpsilon: 1e-5, activation: 'gelu', tieEmbeddings: false, rotaryFraction: 0.25, headSize: null },
  fixed: {},
  extras: {},
};

export const dialects: Readonly<Record<ModelSpec['family'], Dialect>> = {
  qwen2,
  llama,
  gemma2,
  gpt2,
  'gpt-neox': gptNeox,
};

/** What `transformers` calls the activations we have; the first name is the one written. */
export const activationNames = {
  silu: ['silu', 'swish'],
  'gelu-tanh': ['gelu_pytorch_tanh', 'gelu_new', 'gelu_fast'],
  gelu: ['gelu', 'gelu_python'],
} as const;

/** `rope_theta` of every class where a config has none. */
export const defaultRopeTheta = 10_000;
