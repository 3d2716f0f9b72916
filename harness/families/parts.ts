/**
 * What a decoder is made of: one choice for each of the shared parts (norm, position, attention, feed-forward,
 * residual, head) and the Hugging Face names of its parameters.
 */
import type { LayerPattern } from './layer-pattern.ts';

/** `weightOffset`: Gemma's norms multiply by 1 + weight, so that weight decay moves them towards the identity. */
export interface NormPart {
  readonly kind: 'rms' | 'layer';
  readonly epsilon: number;
  readonly weightOffset: 0 | 1;
}

/** One linear map. `name` is relative to its block; `fused` parts hold several maps side by side. */
export interface LinearPart {
  readonly name: string;
  readonly bias: boolean;
}

export interface RopePart {
  readonly kind: 'rope';
  readonly theta: number;
  /** Share of each head that is rotated; the rest passes by. */
  readonly rotaryFraction: number;
  /** Layers whose queries and keys are not rotated (NoPE). */
  readonly unrotated: LayerPattern;
  /** Base of the angles in windowed layers, which are then never scaled; null = as in the others. */
  readonly localTheta: number | null;
}

/**
 * A fused projection holds [queries | keys | values] (GPT-2, Phi-3), or the same three for one head after another
 * (GPT-NeoX).
 */
export type AttentionProjection =
  | { readonly kind: 'separate'; readonly query: LinearPart; readonly key: LinearPart; readonly value: LinearPart }
  | { readonly kind: 'fused'; readonly queryKeyValue: LinearPart; readonly order: 'by-part' | 'by-head' };

/**
 * Norms of queries and keys before they are rotated: `head`, each head by itself with weights that all heads share
 * (Qwen3), or `all-heads`, all of them as one vector (OLMo 2). Names relative to the block.
 */
export interface QueryKeyNorm {
  readonly query: string;
  readonly key: string;
  readonly over: 'head' | 'all-heads';
}

export interface AttentionPart {
  readonly projection: AttentionProjection;
  readonly queryKeyNorm: QueryKeyNorm | null;
  readonly output: LinearPart;
  /** Scores are divided by its square root; null = the head size. */
  readonly queryScalar: number | null;
  readonly softCap: number | null;
  /** Tokens that a token of a windowed layer sees, itself included. */
  readonly slidingWindow: number | null;
  /** Which layers have the window, where there is one. */
  readonly windowed: LayerPattern;
}

export type Activation = 'silu' | 'gelu-tanh' | 'gelu';

/** What leads into the inner layer; a fused projection holds [gate | up] (Phi-3). */
export type MlpProjection =
  | { readonly kind: 'plain'; readonly up: LinearPart }
  | { readonly kind: 'gated'; readonly gate: LinearPart; readonly up: LinearPart }
  | { readonly kind: 'fused'; readonly gateUp: LinearPart };

/** With a gate: down(activation(gate(x)) * up(x)); without: down(activation(up(x))). */
export interface MlpPart {
  readonly activation: Activation;
  readonly projection: MlpProjection;
  readonly down: LinearPart;
}

/**
 * Norms before attention and feed-forward, after them (OLMo 2), or both ("sandwich", Gemma 2); null where there is
 * none. Relative to the block, `final` absolute.
 */
export interface NormNames {
  readonly attention: string | null;
  readonly afterAttention: string | null;
  readonly mlp: string | null;
  readonly afterMlp: string | null;
  readonly final: string;
}

export interface FamilyParts {
  readonly embedding: { readonly name: string; readonly scale: 'one' | 'sqrt-hidden-size' };
  readonly position: RopePart | { readonly kind: 'learned'; readonly name: string };
  readonly blocks: string;
  readonly norm: NormPart;
  readonly normNames: NormNames;
  /** `out-in`: torch Linear, y = x W^T. `in-out`: GPT-2's Conv1D, y = x W. */
  readonly weightLayout: 'out-in' | 'in-out';
  readonly attention: AttentionPart;
  readonly mlp: MlpPart;
  /** `parallel`: x + attention(norm x) + mlp(norm' x); `sequential`: the feed-forward reads what attention wrote. */
  readonly residual: 'sequential' | 'parallel';
  /** Next-token logits; a tied head is the embedding and has no parameter of its own. */
  readonly head: { readonly name: string; readonly isTied: boolean; readonly softCap: number | null };
}
