/**
 * What a decoder is made of: one choice for each of the shared parts (norm, position, attention, feed-forward,
 * residual, head) and the Hugging Face names of its parameters. `familyOf` merges a family's record (families.ts) with
 * the overrides of a model; the decoder, the parameter table and the cost read nothing else.
 */
import type { ModelSpec, RopeScaling } from '../spec/experiment-schema.ts';
import { families } from './families.ts';

/** `weightOffset`: Gemma's norms multiply by 1 + weight, so that decay pulls them to the identity. */
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
  readonly scaling: RopeScaling | null;
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
  /**
   * Tokens that every other layer sees; models over longer contexts are refused, so nothing is ever computed with it.
   */
  readonly slidingWindow: number | null;
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

export interface Family {
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

/**
 * The linear reward head over the final hidden state: [1, hiddenSize], no bias (as `transformers`' sequence classifiers
 * with one label).
 */
export const scoreName = 'score.weight';

/** The family of a model with the model's own constants in place. */
export function familyOf(model: ModelSpec): Family {
  const family = families[model.family];
  const { constants } = model;
  const { norm, attention, mlp, head } = family;
  const isTied = model.tieEmbeddings ?? head.isTied;
  if (!constants) return { ...family, head: { ...head, isTied } };
  const isParallel = constants.parallelResidual ?? family.residual === 'parallel';
  return {
    ...family,
    norm: { ...norm, epsilon: constants.normEpsilon ?? norm.epsilon },
    position: positionOf(family, model),
    attention: {
      ...withAttentionBias(attention, constants.attentionBias),
      queryScalar: constants.queryScalar ?? attention.queryScalar,
      softCap: switched(constants.attentionSoftCap, attention.softCap),
      slidingWindow: constants.slidingWindow ?? attention.slidingWindow,
    },
    mlp: { ...withMlpBias(mlp, constants.mlpBias), activation: constants.activation ?? mlp.activation },
    residual: isParallel ? 'parallel' : 'sequential',
    head: { ...head, isTied, softCap: switched(constants.logitSoftCap, head.softCap) },
  };
}

function positionOf({ position }: Family, { constants }: ModelSpec): Family['position'] {
  if (position.kind === 'learned' || !constants) return position;
  return {
    ...position,
    theta: constants.ropeTheta ?? position.theta,
    rotaryFraction: constants.rotaryFraction ?? position.rotaryFraction,
    scaling: constants.ropeScaling ?? position.scaling,
  };
}

function withAttentionBias(attention: AttentionPart, bias: boolean | null): AttentionPart {
  if (bias === null) return attention;
  const { projection } = attention;
  const part = (linear: LinearPart): LinearPart => ({ ...linear, bias });
  const changed =
    projection.kind === 'fused'
      ? { ...projection, queryKeyValue: part(projection.queryKeyValue) }
      : { ...projection, query: part(projection.query), key: part(projection.key), value: part(projection.value) };
  return { ...attention, projection: changed, output: part(attention.output) };
}

function withMlpBias(mlp: MlpPart, bias: boolean | null): MlpPart {
  if (bias === null) return mlp;
  return { ...mlp, gate: mlp.gate && { ...mlp.gate, bias }, up: { ...mlp.up, bias }, down: { ...mlp.down, bias } };
}

function switched(override: number | 'none' | null, own: number | null): number | null {
  return override === 'none' ? null : (override ?? own);
}
