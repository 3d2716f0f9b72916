/**
 * The linear maps of a block by family, as Hugging Face names them below the block: what an adapter may target. Stands
 * here, and not only in `model`, because a wrong name is an error of the experiment file; a test keeps it equal to the
 * families' own records.
 */
import type { ModelSpec } from './model-schema.ts';

const llama = [
  'self_attn.q_proj',
  'self_attn.k_proj',
  'self_attn.v_proj',
  'self_attn.o_proj',
  'mlp.gate_proj',
  'mlp.up_proj',
  'mlp.down_proj',
] as const;

export const linearMaps: Readonly<Record<ModelSpec['family'], readonly string[]>> = {
  qwen2: llama,
  llama,
  gemma2: llama,
  gpt2: ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'],
  'gpt-neox': ['attention.query_key_value', 'attention.dense', 'mlp.dense_h_to_4h', 'mlp.dense_4h_to_h'],
};

/** The maps that one target names: by whole name, or by its end after a dot (`c_proj` names two of gpt2). */
export function mapsOfTarget(family: ModelSpec['family'], target: string): readonly string[] {
  return linearMaps[family].filter((name) => name === target || name.endsWith(`.${target}`));
}

/** All that may be written as a target in this family. */
export function allowedTargets(family: ModelSpec['family']): readonly string[] {
  return [...new Set(linearMaps[family].flatMap((name) => [name.slice(name.lastIndexOf('.') + 1), name]))];
}
