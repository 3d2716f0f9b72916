/** What every measurement of the training step is given: the model, its pairs cut into batches, and the optimizer. */
import type { EncodedPair } from '../data/preference-pair.ts';
import type { Executor } from '../engine/index.ts';
import type { ModelConfig } from '../model/index.ts';
import { adamWScalars, rowLengths, type RowLengths } from '../train/index.ts';

export interface TrainStepBenchOptions {
  readonly model: ModelConfig;
  readonly executor: Executor;
  /** Taken in order, from the start again when used up. */
  readonly rows: readonly EncodedPair[];
  readonly pairsPerStep: number;
  /** Measured steps, after two for warming up. */
  readonly steps: number;
  readonly threads: number;
  /** First steps that are taken once more under the engine's profiler; their losses are reported. */
  readonly profiledSteps: number;
}

/** As many as a peer reports the losses of. */
export const comparedSteps = 3;

/** As PyTorch's AdamW by default. */
export const benchOptimizer = {
  kind: 'adamw',
  learningRate: 3e-4,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
  momentStorage: null,
  ema: null,
} as const;

/** The fed scalars of step `step` (from 0), with both losses weighing 1. */
export function benchScalars(step: number): Readonly<Record<string, number>> {
  return { ...adamWScalars(benchOptimizer, benchOptimizer.learningRate, step), pairwiseWeight: 1, lmWeight: 1 };
}

const typicalBatches = 8;

/** How long the rows of batches are: the first ones, as many as a stage looks at. */
export function typicalRows({ rows, pairsPerStep }: TrainStepBenchOptions): RowLengths {
  return Array.from({ length: typicalBatches }, (_, step) =>
    rowLengths(batchOf(rows, step, pairsPerStep), 'pairwise+lm'),
  );
}

export function batchOf(rows: readonly EncodedPair[], step: number, pairsPerStep: number): readonly EncodedPair[] {
  return Array.from(
    { length: pairsPerStep },
    (_, index) => rows[(step * pairsPerStep + index) % rows.length] as EncodedPair,
  );
}
