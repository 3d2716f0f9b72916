/**
 * Keys of config.json that ask for a part that no family here has, or that only some have. They name what is missing
 * in an architecture that is not known, and what a file of a known one asks for beyond its class.
 */

interface AskedPart {
  readonly part: string;
  readonly keys: readonly string[];
  /** Whether a value asks for the part. */
  readonly asks: (value: unknown) => boolean;
}

const isOn = (value: unknown): boolean => value !== undefined && value !== null && value !== false && value !== 0;
const isOff = (value: unknown): boolean => value === false;
const isSeveral = (value: unknown): boolean => typeof value === 'number' && value > 1;
const isScale = (value: unknown): boolean => typeof value === 'number' && value !== 1;

const askedParts: readonly AskedPart[] = [
  {
    part: 'mixture of experts',
    keys: ['num_experts', 'num_local_experts', 'n_routed_experts', 'moe_num_experts', 'moe_intermediate_size'],
    asks: isSeveral,
  },
  { part: 'multi-head latent attention', keys: ['kv_lora_rank', 'q_lora_rank'], asks: isOn },
  { part: 'bidirectional attention', keys: ['is_causal'], asks: isOff },
  { part: 'bidirectional attention', keys: ['use_bidirectional_attention'], asks: isOn },
  {
    part: 'an encoder beside the decoder',
    keys: ['is_encoder_decoder', 'add_cross_attention', 'encoder_layers', 'num_encoder_layers'],
    asks: isOn,
  },
  {
    part: 'state-space layers',
    keys: ['state_size', 'ssm_state_size', 'mamba_d_state', 'ssm_cfg', 'time_step_rank'],
    asks: isOn,
  },
  { part: 'linear attention', keys: ['linear_num_value_heads', 'linear_attn_config'], asks: isOn },
  { part: 'images or audio', keys: ['vision_config', 'audio_config', 'image_token_id'], asks: isOn },
  { part: 'alibi positions', keys: ['alibi', 'use_alibi'], asks: isOn },
  {
    part: 'another kind of positions',
    keys: ['position_embedding_type'],
    asks: (value) => isOn(value) && value !== 'absolute' && value !== 'rope',
  },
  {
    part: 'interleaved rotary positions',
    keys: ['rope_interleave', 'rope_interleaved', 'rotary_interleaved'],
    asks: isOn,
  },
  { part: 'layers without rotary positions', keys: ['no_rope_layers', 'no_rope_layer_interval'], asks: isOn },
  { part: 'attention in chunks', keys: ['attention_chunk_size'], asks: isOn },
  { part: 'scores scaled by position', keys: ['attn_temperature_tuning'], asks: isOn },
  { part: 'keys and values shared by layers', keys: ['num_kv_shared_layers', 'cla_share_factor'], asks: isOn },
  { part: 'clipped queries, keys and values', keys: ['clip_qkv'], asks: isOn },
  { part: 'norms of queries and keys', keys: ['use_qk_norm', 'qk_layernorm', 'qk_norm'], asks: isOn },
  { part: 'attention scores of another scale', keys: ['attention_multiplier', 'query_pre_attn_scalar'], asks: isOn },
  { part: 'capped attention scores', keys: ['attn_logit_softcapping'], asks: isOn },
  { part: 'capped logits', keys: ['final_logit_softcapping'], asks: isOn },
  { part: 'scaled logits', keys: ['logit_scale', 'logits_scaling'], asks: isScale },
  { part: 'scaled embeddings', keys: ['embedding_multiplier', 'scale_emb'], asks: isScale },
  { part: 'scaled residuals', keys: ['residual_multiplier', 'scale_depth'], asks: isScale },
];

export interface Asked {
  readonly key: string;
  readonly part: string;
}

/** The keys that ask for parts. @param valueOf The value of a key; undefined where it is absent. */
export function askedPartsOf(valueOf: (key: string) => unknown): readonly Asked[] {
  return askedParts.flatMap(({ part, keys, asks }) =>
    keys.filter((key) => asks(valueOf(key))).map((key) => ({ key, part })),
  );
}
