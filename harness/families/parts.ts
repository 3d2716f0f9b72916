/**
 * What a decoder is made of: one choice for each of the shared parts (norm, position, attention, feed-forward,
 * residual, head) and the Hugging Face names of its parameters.
 */

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
}

export interface AttentionPart {
  /**
   * A fused projection holds [queries | keys | values] (GPT-2), or the same three for one head after another
   * (GPT-NeoX).
   */
  readonly projection:
    | { readonly kind: 'separate'; readonly query: LinearPart; readonly key: LinearPart; readonly value: LinearPart }
    | { readonly kind: 'fused'; readonly queryKeyValue: LinearPart; readonly order: 'by-part' | 'by-head' };
  readonly output: LinearPart;
  /** Scores are divided by its square root; null = the head size. */
  readonly queryScalar: number | null;
  readonly softCap: number | null;
  /** Tokens that a token of a windowed layer sees, itself included. */
  readonly slidingWindow: number | null;
  /** Which layers have the window; `fullEvery` n: all but every n-th (layers n - 1, 2 n - 1 ...). */
  readonly windowed: 'none' | 'all' | { readonly fullEvery: number };
}

export type Activation = 'silu' | 'gelu-tanh' | 'gelu';

/** With a gate: down(activation(gate(x)) * up(x)); without: down(activation(up(x))). */
export interface MlpPart {
  readonly activation: Activation;
  readonly gate: LinearPart | null;
  readonly up: LinearPart;
  readonly down: LinearPart;
}

/**
 * Norms before attention and feed-forward, and where there are any ("sandwich"), after them. Relative to the block,
 * `final` absolute.
 */
export interface NormNames {
  readonly attention: string;
  readonly afterAttention: string | null;
  readonly mlp: string;
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
