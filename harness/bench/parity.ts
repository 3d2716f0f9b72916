/** Whether a device computes what the CPU does: losses of the same training steps, family by family. */
import type { EncodedPair } from '../data/preference-pair.ts';
import { onnxruntimeCpu, type Executor } from '../engine/index.ts';
import { initParameters, type ModelConfig } from '../model/index.ts';
import { initialState, SessionCache, trainLoop } from '../train/index.ts';
import { largestDifference } from './largest-difference.ts';
import { seededTokenPairs } from './seeded-token-pairs.ts';
import { smallModels, smallVocabulary } from './small-models.ts';
import { batchOf, benchOptimizer } from './step-options.ts';

export interface FamilyParity {
  readonly family: string;
  /** Largest difference of a step's loss; null where the device could not take the steps. */
  readonly lossDifference: number | null;
  /** Why not; null where it could. */
  readonly failure: string | null;
}

const pairsPerStep = 4;
/** Large, so that a wrong gradient shows within 20 steps. */
const learningRate = 3e-3;

/** One family after another, so that whoever has to stop early has the first ones. */
export async function* benchParity(executor: Executor, steps: number): AsyncGenerator<FamilyParity> {
  const rows = seededTokenPairs({
    count: 64,
    seed: 11,
    vocabSize: smallVocabulary,
    promptTokens: [1, 8],
    responseTokens: [1, 8],
  });
  for (const model of smallModels) yield await parityOf(model, { executor, rows, steps });
}

interface ParityOptions {
  readonly executor: Executor;
  readonly rows: readonly EncodedPair[];
  readonly steps: number;
}

async function parityOf(model: ModelConfig, options: ParityOptions): Promise<FamilyParity> {
  const { family } = model;
  try {
    const there = await lossesOf(model, options);
    const onCpu = await lossesOf(model, { ...options, executor: onnxruntimeCpu() });
    return { family, lossDifference: largestDifference(there, onCpu), failure: null };
  } catch (error) {
    return { family, lossDifference: null, failure: error instanceof Error ? error.message : String(error) };
  }
}

const shortRun = {
  objective: { pairwiseWeight: 1, lmWeight: 1 },
  optimizer: { ...benchOptimizer, learningRate },
  logEverySteps: 1,
  learningRateAt: () => learningRate,
  shouldCheckpoint: () => false,
  signal: new AbortController().signal,
};

async function lossesOf(model: ModelConfig, { executor, rows, steps }: ParityOptions): Promise<readonly number[]> {
  const sessions = new SessionCache(executor, { threads: 1 });
  const run = { ...shortRun, model, state: initialState(initParameters(model, 1)), sessions, toStep: steps };
  const losses: number[] = [];
  try {
    for await (const event of trainLoop({ ...run, batchAt: (step) => batchOf(rows, step, pairsPerStep) }))
      if (event.kind === 'metric' && event.name === 'train/loss') losses.push(event.value);
  } finally {
    await sessions.release();
  }
  return losses;
}
