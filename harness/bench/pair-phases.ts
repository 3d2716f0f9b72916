/** What the storage of pairs is measured on: pairs are written, their texts read, and a small model is trained. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  loadTokenizer,
  openEncodedPairs,
  storedPairShards,
  trainBpe,
  writePairShards,
  type EncodedPairs,
} from '../data/index.ts';
import { openExecutor } from '../engine/index.ts';
import { initParameters, type ModelConfig } from '../model/index.ts';
import { batchOrder, initialState, SessionCache, trainLoop, type BatchOrder } from '../train/index.ts';
import { numberedPairs } from './numbered-pairs.ts';
import { benchOptimizer } from './step-options.ts';
import { yardstick } from './yardstick.ts';

export interface PairPhaseRequest {
  readonly phase: 'write' | 'read' | 'train';
  /** Where the shards are, or go. */
  readonly folder: string;
  readonly pairs: number;
  /** Of training. */
  readonly steps: number;
  readonly threads: number;
}

export interface PairPhase {
  readonly seconds: number;
  /** Highest resident size of the process that did it. */
  readonly peakMemoryBytes: number;
  /** Written: of all shards. */
  readonly textBytes: number;
  readonly tokenBytes: number;
  /** Trained: until the first step can be taken, and for the pairs of all steps. */
  readonly openSeconds: number;
  readonly fetchSeconds: number;
}

const name = 'pairs';
const vocabSize = 400;
const pairsPerStep = 16;

/** The model is small, so that memory is that of the data: 0.1 M parameters. */
const model: ModelConfig = {
  ...yardstick('5m'),
  hiddenSize: 64,
  layers: 1,
  heads: 2,
  keyValueHeads: 2,
  intermediateSize: 128,
  vocabSize,
};

export async function runPairPhase(request: PairPhaseRequest): Promise<PairPhase> {
  const none = { textBytes: 0, tokenBytes: 0, openSeconds: 0, fetchSeconds: 0 };
  const start = performance.now();
  const measured = await phases[request.phase](request);
  const seconds = (performance.now() - start) / 1000;
  return { ...none, seconds, ...measured, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 };
}

const phases: Readonly<Record<PairPhaseRequest['phase'], (request: PairPhaseRequest) => Promise<Partial<PairPhase>>>> =
  {
    write,
    read,
    train,
  };

async function write({ folder, pairs }: PairPhaseRequest): Promise<Partial<PairPhase>> {
  const texts = [...numberedPairs(2000)].map(({ prompt, chosen }) => prompt + chosen);
  const tokenizer = loadTokenizer(trainBpe(texts, { vocabSize }));
  const start = performance.now();
  await writePairShards(numberedPairs(pairs), {
    folder,
    name,
    tokenizer,
    contextLength: model.contextLength,
    overLength: 'drop',
  });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, textBytes: bytesOf(folder, '.parquet'), tokenBytes: bytesOf(folder, '.arrow') };
}

function bytesOf(folder: string, extension: string): number {
  const files = readdirSync(folder).filter((file) => file.endsWith(extension));
  return files.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
}

async function read({ folder, pairs }: PairPhaseRequest): Promise<Partial<PairPhase>> {
  let rows = 0;
  for await (const { id } of storedPairShards(folder, name)) if (id !== '') rows += 1;
  if (rows !== pairs) throw new Error(`${pairs} pairs were written, ${rows} read`);
  return {};
}

async function train(request: PairPhaseRequest): Promise<Partial<PairPhase>> {
  const start = performance.now();
  const pairs = openEncodedPairs(request.folder, name);
  try {
    const order = orderOf(pairs);
    // The first batch makes the order of the epoch.
    order.at(0);
    const openSeconds = (performance.now() - start) / 1000;
    return { openSeconds, ...(await trainOn(pairs, order, request)) };
  } finally {
    pairs.close();
  }
}

function orderOf(pairs: EncodedPairs): BatchOrder {
  const lengths = Uint32Array.from({ length: pairs.count }, (_, row) => {
    const { prompt, chosen, rejected } = pairs.lengths(row);
    return prompt + chosen + rejected;
  });
  return batchOrder({ seed: 1, pairsPerStep, lengths });
}

async function trainOn(
  pairs: EncodedPairs,
  order: BatchOrder,
  { steps, threads }: PairPhaseRequest,
): Promise<Pick<PairPhase, 'fetchSeconds'>> {
  const { executor } = await openExecutor('cpu');
  const sessions = new SessionCache(executor, { threads });
  let fetchMs = 0;
  const fetched = (step: number) => {
    const start = performance.now();
    const batch = order.at(step).map((row) => pairs.at(row));
    fetchMs += performance.now() - start;
    return batch;
  };
  const loop = trainLoop({
    model,
    state: initialState(initParameters(model, 0)),
    objective: { pairwiseWeight: 1, lmWeight: 1 },
    optimizer: benchOptimizer,
    toStep: steps,
    logEverySteps: steps,
    learningRateAt: () => benchOptimizer.learningRate,
    batchAt: fetched,
    sessions,
    shouldCheckpoint: () => false,
    signal: new AbortController().signal,
  });
  try {
    for (let next = await loop.next(); !next.done; next = await loop.next());
  } finally {
    await sessions.release();
  }
  return { fetchSeconds: fetchMs / 1000 };
}
