/** A short training run of a tiny model, to be varied: shared by the tests of what training can do. */
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { initAdapters, type ModelConfig } from '../../harness/model/index.ts';
import type { OptimizerSpec } from '../../harness/spec/experiment-schema.ts';
import {
  batchOrder,
  initialState,
  plainTraining,
  stateLayout,
  type SessionCache,
  type StateLayout,
  type TrainFeatures,
  type TrainOptions,
  type TrainState,
} from '../../harness/train/index.ts';
import { bumpyParameters, randomPairs } from '../model/tiny-models.ts';
import { collect } from './collect.ts';

export const optimizer: OptimizerSpec = {
  kind: 'adamw',
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clipNorm: 1,
  momentStorage: null,
  ema: null,
};

/** Lengths from 1 to 6 tokens, so that no two parts of a batch have equally many labels. */
export const pairs = randomPairs(64, 11);
export const tokensOf = ({ prompt, chosen, rejected }: EncodedPair): number =>
  prompt.length + chosen.length + rejected.length;

export interface RunChanges extends Partial<Omit<TrainOptions, 'features'>> {
  readonly features?: Partial<TrainFeatures>;
  readonly pairsPerStep?: number;
}

/** Starts from the layout that the options ask for, with adapters where there are any. */
export function runOptions(
  model: ModelConfig,
  sessions: SessionCache,
  { features: changed, pairsPerStep = 8, ...changes }: RunChanges = {},
): TrainOptions {
  const features = { ...plainTraining, ...changed };
  const order = batchOrder({ seed: 5, pairsPerStep, lengths: pairs.map(tokensOf) });
  const options = { optimizer, ...changes };
  const adapters =
    features.trainable?.kind === 'lora' ? initAdapters(model, { lora: features.trainable, seed: 3 }) : {};
  return {
    model,
    sessions,
    state: initialState({ ...bumpyParameters(model), ...adapters }, layoutFor(model, { ...options, features })),
    toStep: 6,
    objective: { pairwiseWeight: 1, lmWeight: 1 },
    learningRateAt: () => optimizer.learningRate,
    batchAt: (step) => order.at(step).flatMap((index) => pairs[index] ?? []),
    logEverySteps: 1,
    shouldCheckpoint: () => false,
    signal: new AbortController().signal,
    ...options,
    features,
  };
}

export function layoutFor(
  model: ModelConfig,
  { optimizer: given, features }: Pick<TrainOptions, 'optimizer' | 'features'>,
): StateLayout {
  return stateLayout(model, { trainable: features?.trainable ?? null, optimizer: given });
}

export async function stateAfter(options: TrainOptions): Promise<TrainState> {
  const { result } = await collect(options);
  if (!result.state) throw new Error('diverged');
  return result.state;
}

/**
 * Largest difference of any two parameters, relative to the largest change from `start`. GPT-2's key biases are left
 * out: softmax ignores them, so their gradient is rounding alone, which Adam blows up to full steps.
 */
export function distance(a: TrainState, b: TrainState, start: TrainState): number {
  let [apart, moved] = [0, 0];
  for (const [name, values] of Object.entries(a.parameters)) {
    if (name.endsWith('attn.c_attn.bias')) continue;
    const [other, before] = [b.parameters[name] ?? new Float32Array(), start.parameters[name] ?? new Float32Array()];
    for (const [i, value] of values.entries()) {
      apart = Math.max(apart, Math.abs(value - (other[i] ?? NaN)));
      moved = Math.max(moved, Math.abs(value - (before[i] ?? NaN)));
    }
  }
  return apart / moved;
}
