/**
 * What a decoder family is made of: a choice among shared parts (norm, position, attention, feed-forward) and the Hugging Face names of its parameters.
 * A new family is a new record here, not a new model. References: Qwen2 (arXiv 2407.10671), GPT-2 (Radford et al. 2019); names as in `transformers`.
 */
import type { ModelSpec } from '../spec/experiment-schema.ts';

export interface NormPart { readonly kind: 'rms' | 'layer'; readonly epsilon: number }

/** One linear map. `name` is relative to its block; `fused` parts hold several maps side by side (GPT-2's query, key and value). */
export interface LinearPart { readonly name: string; readonly bias: boolean }

export interface Family {
  readonly norm: NormPart;
  readonly position: { readonly kind: 'rope'; readonly theta: number } | { readonly kind: 'learned'; readonly name: string };
  /** `out-in`: torch Linear, y = x W^T. `in-out`: GPT-2's Conv1D, y = x W. */
  readonly weightLayout: 'out-in' | 'in-out';
  readonly attention:
    | { readonly kind: 'separate'; readonly query: LinearPart; readonly key: LinearPart; readonly value: LinearPart; readonly output: LinearPart }
    | { readonly kind: 'fused'; readonly queryKeyValue: LinearPart; readonly output: LinearPart };
  readonly mlp:
    | { readonly kind: 'gated-silu'; readonly gate: LinearPart; readonly up: LinearPart; readonly down: LinearPart }
    | { readonly kind: 'gelu'; readonly up: LinearPart; readonly down: LinearPart };
  readonly names: { readonly embedding: string; readonly blocks: string; readonly attentionNorm: string; readonly mlpNorm: string; readonly finalNorm: string };
}

export const families: Readonly<Record<ModelSpec['family'], Family>> = {
  qwen2: {
    norm: { kind: 'rms', epsilon: 1e-6 },
    // Qwen2 itself uses 1e6 for its 32k context; our contexts are a few hundred tokens. Written to config.json as rope_theta.
    position: { kind: 'rope', theta: 10_000 },
    weightLayout: 'out-in',
    attention: {
      kind: 'separate',
      query: { name: 'self_attn.q_proj', bias: true },
      key: { name: 'self_attn.k_proj', bias: true },
      value: { name: 'self_attn.v_proj', bias: true },
      output: { name: 'self_attn.o_proj', bias: false },
    },
    mlp: {
      kind: 'gated-silu',
      gate: { name: 'mlp.gate_proj', bias: false },
      up: { name: 'mlp.up_proj', bias: false },
      down: { name: 'mlp.down_proj', bias: false },
    },
    names: { embedding: 'model.embed_tokens', blocks: 'model.layers', attentionNorm: 'input_layernorm', mlpNorm: 'post_attention_layernorm', finalNorm: 'model.norm' },
  },
  gpt2: {
    norm: { kind: 'layer', epsilon: 1e-5 },
    position: { kind: 'learned', name: 'transformer.wpe' },
    weightLayout: 'in-out',
    attention: { kind: 'fused', queryKeyValue: { name: 'attn.c_attn', bias: true }, output: { name: 'attn.c_proj', bias: true } },
    mlp: { kind: 'gelu', up: { name: 'mlp.c_fc', bias: true }, down: { name: 'mlp.c_proj', bias: true } },
    names: { embedding: 'transformer.wte', blocks: 'transformer.h', attentionNorm: 'ln_1', mlpNorm: 'ln_2', finalNorm: 'transformer.ln_f' },
  },
};

/** The linear reward head over the final hidden state: [1, hiddenSize], no bias (as `transformers`' sequence classifiers with one label). */
export const scoreName = 'score.weight';

/** Width of one attention head. Throws RangeError where the widths do not divide; the experiment schema names such fields earlier. */
export function headSizeOf(model: ModelSpec): number {
  const { hiddenSize, heads, keyValueHeads, family } = model;
  if (hiddenSize % heads !== 0) throw new RangeError(`hiddenSize ${hiddenSize} is not a multiple of heads ${heads}`);
  if (heads % keyValueHeads !== 0) throw new RangeError(`heads ${heads} is not a multiple of keyValueHeads ${keyValueHeads}`);
  if (families[family].attention.kind === 'fused' && heads !== keyValueHeads) throw new RangeError(`${family} has no grouped-query attention: keyValueHeads ${keyValueHeads} must equal heads ${heads}`);
  const headSize = hiddenSize / heads;
  if (families[family].position.kind === 'rope' && headSize % 2 !== 0) throw new RangeError(`rotary positions need an even head size, found ${headSize}`);
  return headSize;
}

/** Names what a compiled decoder depends on: models with equal keys can share a session. The model's name, pooling and initialization are not part of it. */
export function architectureKey({ family, hiddenSize, layers, heads, keyValueHeads, intermediateSize, contextLength }: ModelSpec, vocabSize: number): string {
  return JSON.stringify({ family, hiddenSize, layers, heads, keyValueHeads, intermediateSize, contextLength, vocabSize });
}
