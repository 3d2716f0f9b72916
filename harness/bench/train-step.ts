/** Speed of the training step on given pairs, as `trainLoop` runs it (packing and feeding included), after warm-up steps that are left out. */
import type { EncodedPair } from '../data/preference-pair.ts';
import { onnxruntimeCpu } from '../engine/index.ts';
import { initParameters } from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { initialState, SessionCache, trainLoop } from '../train/index.ts';

export interface TrainStepBenchOptions {
  readonly model: ModelSpec;
  readonly vocabSize: number;
  /** Taken in order, from the start again when used up. */
  readonly rows: readonly EncodedPair[];
  readonly pairsPerStep: number;
  /** Measured steps, after two for warming up. */
  readonly steps: number;
  readonly threads: number;
}

export interface TrainStepBench {
  readonly pairsPerSecond: number;
  /** Packed tokens: a prompt counts once for both its responses. */
  readonly tokensPerSecond: number;
  readonly stepMsMedian: number;
  /** Highest resident size of this process so far, all that it did before included. */
  readonly peakMemoryBytes: number;
  /** Total loss of every step, warm-up included: a fast wrong step would show here. */
  readonly losses: readonly number[];
}

const warmUpSteps = 2;
const optimizer = { kind: 'adamw', learningRate: 3e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, clipNorm: 1, momentStorage: null, ema: null } as const;

/** Rates follow from the median step and the mean tokens a step. */
export async function benchTrainStep({ model, vocabSize, rows, pairsPerStep, steps, threads }: TrainStepBenchOptions): Promise<TrainStepBench> {
  const sessions = new SessionCache(onnxruntimeCpu(), { threads });
  const total = steps + warmUpSteps;
  const times: number[] = [];
  const losses: number[] = [];
  let tokens = 0;
  try {
    const loop = trainLoop({
      model, vocabSize, state: initialState(initParameters(model, vocabSize, 0)), toStep: total, objective: { pairwiseWeight: 1, lmWeight: 1 }, optimizer,
      learningRateAt: () => optimizer.learningRate, batchAt: (step) => batchOf(rows, step, pairsPerStep), sessions, logEverySteps: total, shouldCheckpoint: () => false, signal: new AbortController().signal,
    });
    let last = performance.now();
    for await (const event of loop) {
      if (event.kind === 'metric' && event.name === 'train/tokens_seen') tokens = event.value;
      if (event.kind !== 'progress') continue;
      times.push(performance.now() - last);
      losses.push(event.loss ?? NaN);
      last = performance.now();
    }
  } finally {
    await sessions.release();
  }
  const measured = times.slice(warmUpSteps).sort((a, b) => a - b);
  const stepMsMedian = measured[measured.length >> 1] ?? NaN;
  const perSecond = 1000 / stepMsMedian;
  return { pairsPerSecond: pairsPerStep * perSecond, tokensPerSecond: (tokens / total) * perSecond, stepMsMedian, peakMemoryBytes: process.resourceUsage().maxRSS * 1024, losses };
}

function batchOf(rows: readonly EncodedPair[], step: number, pairsPerStep: number): readonly EncodedPair[] {
  return Array.from({ length: pairsPerStep }, (_, index) => rows[(step * pairsPerStep + index) % rows.length] as EncodedPair);
}
