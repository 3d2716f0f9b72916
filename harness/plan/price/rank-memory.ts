/**
 * Memory of one rank that trains with the backend torch, in bytes. What autograd keeps was counted on its decoder with
 * saved-tensor hooks (torch 2.13, transformers 5.18), and test/backends/saved-activations.test.ts counts it again.
 */
import {
  allParameterShapes,
  headSizeOf,
  learnedNames,
  parameterShapes,
  type ModelConfig,
  type ParameterShapes,
} from '../../model/index.ts';
import type { OptimizerSpec, TrainableSpec } from '../../spec/experiment-schema.ts';
import type { Numerics } from '../../spec/index.ts';

export interface RankLayout {
  readonly model: ModelConfig;
  readonly trainable: TrainableSpec | null;
  readonly optimizer: Pick<OptimizerSpec, 'momentStorage' | 'ema'>;
  readonly numerics: Numerics;
  readonly ranks: number;
  readonly isSharded: boolean;
  readonly recomputes: boolean;
}

/** What a rank computes at once. */
export interface MicroBatch {
  readonly tokens: number;
  readonly labels: number;
}

export interface RankMemory {
  readonly weights: number;
  readonly gradients: number;
  /** With the average of the weights where there is one. */
  readonly moments: number;
  /** Whole layers that a sharded rank gathers, and copies of weights in bfloat16. */
  readonly gathered: number;
  readonly activations: number;
  readonly logits: number;
  /** What the update takes, when the three before it are free again. */
  readonly update: number;
  /** All of it at its fullest. */
  readonly total: number;
}

/** Weights, gradients, averages and moments are float32 (master weights under bfloat16 products, too). */
const float32Bytes = 4;
const halfBytes = 2;

/**
 * Bytes that a token leaves in a layer, a value of width: of the feed-forward part (gate, up, their product, its
 * activation), of the hidden state (both norms with their inputs in float32, and the inputs of the linear maps), and of
 * the heads (query, key and value of each, and what they mix).
 */
const saved = {
  float32: { feedForward: 16, hidden: 24, heads: 16 },
  bfloat16: { feedForward: 8, hidden: 26, heads: 8 },
} as const satisfies Record<Numerics, object>;

/**
 * Bytes a label and entry of the vocabulary: its logit and log probability, and the gradients of both on their way
 * back; in bfloat16 the product itself beside them.
 */
const logitBytes = { float32: 12, bfloat16: 14 } as const satisfies Record<Numerics, number>;

/** With checkpointing the logits of so many labels exist at a time (harness_torch/decoder.py). */
const labelsAtOnce = 2048;

/** AdamW takes the roots of the second moments, and keeps the weights from before the update for their norms. */
const updateCopies = 2;

export function rankMemory(layout: RankLayout, micro: MicroBatch): RankMemory {
  const { all, learned } = parameterCounts(layout);
  const share = layout.isSharded ? layout.ranks : 1;
  const weights = (float32Bytes * all) / share;
  const gradients = (float32Bytes * learned) / share;
  const moments = (learned * momentBytes(layout.optimizer)) / share;
  const gathered = gatheredBytes(layout);
  const activations = activationBytes(layout, micro.tokens);
  const logits = logitMemory(layout, micro.labels);
  const update = (updateCopies * float32Bytes * learned) / share;
  const held = weights + gradients + moments;
  const total = held + Math.max(update, gathered + activations + logits);
  return { weights, gradients, moments, gathered, activations, logits, update, total };
}

/** A training state on disk: weights and moments, and the average where there is one. */
export function stateBytes(layout: Pick<RankLayout, 'model' | 'trainable' | 'optimizer'>): number {
  const { all, learned } = parameterCounts(layout);
  return float32Bytes * all + learned * momentBytes(layout.optimizer);
}

/** A saved model, adapters merged. */
export function modelBytes(model: ModelConfig): number {
  return float32Bytes * sizeOf(allParameterShapes(model, null));
}

function momentBytes({ momentStorage, ema }: RankLayout['optimizer']): number {
  const ofMoments = 2 * (momentStorage === null ? float32Bytes : halfBytes);
  return ofMoments + (ema === null ? 0 : float32Bytes);
}

interface ParameterCounts {
  readonly all: number;
  readonly learned: number;
}

/** Adapters counted in. */
export function parameterCounts({ model, trainable }: Pick<RankLayout, 'model' | 'trainable'>): ParameterCounts {
  const shapes = allParameterShapes(model, trainable);
  const learned = learnedNames(model, trainable).map((name) => [name, shapes.get(name) ?? []] as const);
  return { all: sizeOf(shapes), learned: sizeOf(new Map(learned)) };
}

function sizeOf(shapes: ParameterShapes): number {
  return [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((product, length) => product * length, 1), 0);
}

/**
 * A sharded rank holds what lies outside the layers whole from forward to backward, with its gradients, and two layers
 * beside it: the one that computes and the one that comes next, and the gradients of one.
 */
function gatheredBytes({ model, numerics, isSharded, recomputes }: RankLayout): number {
  const { outside, layer } = partsOf(model);
  const whole = isSharded ? float32Bytes * (2 * outside + 3 * layer) : 0;
  if (numerics === 'float32') return whole;
  return whole + halfBytes * (model.vocabSize * model.hiddenSize + layer * (recomputes ? 1 : model.layers));
}

/** Parameters of a layer, and of all that is in none. */
function partsOf(model: ModelConfig): { readonly outside: number; readonly layer: number } {
  const [one, two] = [1, 2].map((layers) => sizeOf(parameterShapes({ ...model, layers }))) as [number, number];
  return { outside: 2 * one - two, layer: two - one };
}

function activationBytes({ model, numerics, recomputes }: RankLayout, tokens: number): number {
  const { feedForward, hidden, heads } = saved[numerics];
  const { intermediateSize, hiddenSize, layers } = model;
  const layer = feedForward * intermediateSize + hidden * hiddenSize + heads * model.heads * headSizeOf(model);
  // Between layers the sum of all before it, in float32.
  const kept = recomputes ? layers * float32Bytes * hiddenSize + layer : layers * layer;
  return tokens * (kept + 3 * float32Bytes * hiddenSize);
}

function logitMemory({ model, numerics, recomputes }: RankLayout, labels: number): number {
  return logitBytes[numerics] * model.vocabSize * (recomputes ? Math.min(labelsAtOnce, labels) : labels);
}
