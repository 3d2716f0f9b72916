/** A few steps of a tiny model and a few rewards, by torch and by our own engine: they must be the same ones. */
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { initParameters, type ModelConfig } from '../../../model/index.ts';
import { writeEncodedPairs } from '../../../data/index.ts';
import {
  heldWeights,
  runTraining,
  stageTools,
  type Compute,
  type StagePlace,
  type Weights,
} from '../../../stages/index.ts';
import { pythonVariable } from '../find-python.ts';

/** By how much torch differs: losses as they are, rewards relative to the largest. */
export interface Difference {
  readonly losses: number;
  readonly rewards: number;
}

export const mostDifference: Difference = { losses: 1e-4, rewards: 1e-5 };

const model: ModelConfig = {
  name: 'tiny',
  family: 'qwen2',
  hiddenSize: 16,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  intermediateSize: 24,
  contextLength: 32,
  rewardPooling: 'last',
  responseEnd: null,
  initStandardDeviation: 0.3,
  headSize: null,
  tieEmbeddings: null,
  constants: null,
  vocabSize: 17,
};

const optimizer = {
  kind: 'adamw',
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clipNorm: 1,
  momentStorage: null,
  ema: null,
} as const;

const steps = 5;
const pairsPerStep = 4;

/** Tokens in no order that a model would find easy. */
function tokens(length: number, start: number): Int32Array {
  return Int32Array.from({ length }, (_, index) => (start * 7 + index * index * 3 + index) % model.vocabSize);
}

const pairs = Array.from({ length: steps * pairsPerStep }, (_, row) => ({
  id: String(row),
  prompt: tokens(1 + (row % 5), row),
  chosen: tokens(2 + (row % 3), row + 1),
  rejected: tokens(1 + (row % 4), row + 2),
}));

const execution = { threads: 1, device: 'cpu', checkpointEverySeconds: 3600 } as const;

/**
 * @param folder Where files of the run may lie meanwhile.
 * @throws UserError as a stage does, where torch cannot serve
 */
export async function compareWithNative(python: string, folder: string): Promise<Difference> {
  const place = mkdtempSync(path.join(folder, 'compared-'));
  const ours = await tried(await stageTools().compute(execution), place);
  const theirs = await withPython(python, async () => {
    const { torchCompute } = await import('../torch-compute.ts');
    return tried(torchCompute(execution), place);
  }).finally(() => rmSync(place, { recursive: true, force: true }));
  const largest = Math.max(1e-3, ...ours.rewards.map(Math.abs));
  return {
    losses: farthest(ours.losses, theirs.losses),
    rewards: farthest(ours.rewards, theirs.rewards) / largest,
  };
}

/** The backend reads the variable whenever it starts a process. */
async function withPython<Value>(python: string, work: () => Promise<Value>): Promise<Value> {
  const before = process.env[pythonVariable];
  process.env[pythonVariable] = python;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env[pythonVariable];
    else process.env[pythonVariable] = before;
  }
}

interface Tried {
  readonly losses: readonly number[];
  readonly rewards: readonly number[];
}

async function tried(compute: Compute, folder: string): Promise<Tried> {
  const losses: number[] = [];
  const place: StagePlace = {
    folder,
    execution,
    numerics: 'float32',
    signal: new AbortController().signal,
    emit: (event) => {
      if (event.kind === 'progress') losses.push(event.loss ?? NaN);
    },
  };
  const weights = heldWeights(initParameters(model, 1));
  const scored = await compute.scorer(place, { model, weights })(
    pairs.map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] })),
  );
  await runTraining({ ...place, compute: async () => compute }, trainingFrom(weights, folder));
  return { losses, rewards: scored.flatMap((rewards) => [...rewards]) };
}

function trainingFrom(weights: Weights, folder: string): Parameters<typeof runTraining>[1] {
  const file = path.join(folder, 'pairs.arrow');
  writeEncodedPairs(file, pairs);
  return {
    model,
    start: { kind: 'weights', weights },
    toStep: steps,
    objective: { pairwiseWeight: 1, lmWeight: 1 },
    optimizer,
    learningRateAt: () => optimizer.learningRate,
    pairs: { at: (row) => pairs[row] as (typeof pairs)[number], files: [file] },
    // Asked about further steps, too, for the shapes of batches.
    order: {
      at: (step) => Array.from({ length: pairsPerStep }, (_, index) => (step * pairsPerStep + index) % pairs.length),
    },
  };
}

/** Infinite where one of them has no such value. */
function farthest(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length || ours.length === 0) return Infinity;
  const apart = ours.map((value, index) => Math.abs(value - (theirs[index] ?? NaN)));
  return apart.some(Number.isNaN) ? Infinity : Math.max(...apart);
}
