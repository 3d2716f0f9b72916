/** Training inside a stage takes its batches from order.arrow: the same training, from a file that others can read. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, describe, expect, it } from 'vitest';
import { openEncodedPairs, writeEncodedPairs, type EncodedPairs } from '../../harness/data/index.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import type { ModelConfig } from '../../harness/model/index.ts';
import { openOrder, writeOrder } from '../../harness/stages/batch-order.ts';
import { nativeCompute } from '../../harness/stages/native-compute.ts';
import { runTraining } from '../../harness/stages/run-training.ts';
import type { StageContext } from '../../harness/stages/index.ts';
import type { JournalEvent } from '../../harness/store/index.ts';
import {
  batchOrder,
  SessionCache,
  stateLayout,
  writeTrainState,
  type TrainResult,
  type TrainState,
} from '../../harness/train/index.ts';
import { tinyModels } from '../model/tiny-models.ts';
import { pairs, runOptions, stateAfter, tokensOf } from '../train/run-options.ts';
import { loaded, stageTraining } from './stage-training.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'run-training-'));
const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1, capacity: 4 });
afterAll(async () => {
  await sessions.release();
  rmSync(folder, { recursive: true });
});

const options = runOptions(tinyModels[0] as ModelConfig, sessions);
const layout = stateLayout(options.model, { trainable: null, optimizer: options.optimizer });
const order = batchOrder({ seed: 5, pairsPerStep: 8, lengths: pairs.map(tokensOf) });

function contextIn(place: string, signal: AbortSignal, emit: (event: JournalEvent) => void): StageContext {
  const execution = { threads: 1, device: 'cpu', checkpointEverySeconds: 0 } as const;
  return {
    folder: place,
    execution,
    signal,
    emit,
    compute: async () => nativeCompute(sessions, 'cpu'),
  } as unknown as StageContext;
}

interface TrainChanges {
  /** Step at which it is told to stop. */
  readonly stopAt?: number;
  /** Where its pairs are; in memory where it is not given. */
  readonly stored?: EncodedPairs;
  readonly halvings?: number;
}

async function train(place: string, { stopAt, stored, halvings }: TrainChanges = {}): Promise<TrainResult> {
  const stop = new AbortController();
  const emit = (event: JournalEvent): void => {
    if (event.kind === 'progress' && event.step === stopAt) stop.abort();
  };
  const run = stageTraining(options, folder);
  const context = contextIn(place, stop.signal, emit);
  const execution = { ...context.execution, ...(halvings !== undefined && { halvings }) };
  return loaded(await runTraining({ ...context, execution }, { ...run, pairs: stored ?? run.pairs }));
}

const rowsOf = (place: string): readonly (readonly [number, number])[] => {
  const table = tableFromIPC(readFileSync(path.join(place, 'order.arrow')));
  const [steps, rows] = ['step', 'pair'].map((name) => [...(table.getChild(name) as Iterable<number>)]);
  return (steps ?? []).map((step, index) => [step, rows?.[index] ?? NaN]);
};
const expectedRows = (steps: number): readonly (readonly [number, number])[] =>
  Array.from({ length: steps }, (_, step) => order.at(step).map((pair) => [step, pair] as const)).flat();

it('trains as it would on batches that were drawn step by step, to the last bit', async () => {
  const place = mkdtempSync(path.join(folder, 'straight-'));
  const { state } = await train(place);
  expect(state).toEqual(await stateAfter(options));
  expect(rowsOf(place)).toEqual(expectedRows(options.toStep));
});

it('ends in the same state, with the same file, when it was stopped on the way', async () => {
  const place = mkdtempSync(path.join(folder, 'stopped-'));
  expect((await train(place, { stopAt: 3 })).outcome.kind).toBe('interrupted');
  const { state } = await train(place);
  expect(state).toEqual(await stateAfter(options));
  expect(rowsOf(place)).toEqual(expectedRows(options.toStep));
});

it('reads what was written, and has no step beyond it', async () => {
  await writeOrder(folder, { at: (step) => [step, 9 - step] }, 3);
  const written = openOrder(folder);
  expect([0, 1, 2].map((step) => written.at(step))).toEqual([
    [0, 9],
    [1, 8],
    [2, 7],
  ]);
  for (const step of [-1, 3]) expect(() => written.at(step)).toThrow(new RegExp(`order\\.arrow has no step ${step}$`));
  written.close();
});

it('reads an order of many batches, and refuses one that is cut off', async () => {
  const steps = 90_000;
  await writeOrder(folder, { at: (step) => [step, step + 1, step + 2, 7] }, steps);
  expect(tableFromIPC(readFileSync(path.join(folder, 'order.arrow'))).batches).toHaveLength(2);
  const written = openOrder(folder);
  for (const step of [0, 65_535, 65_536, steps - 1]) expect(written.at(step)).toEqual([step, step + 1, step + 2, 7]);
  expect(() => written.at(steps)).toThrow(RangeError);
  written.close();
  truncateSync(path.join(folder, 'order.arrow'), 5000);
  expect(() => openOrder(folder)).toThrow(/order\.arrow: the Arrow file is cut off/);
});

it('writes an order without steps', async () => {
  await writeOrder(folder, { at: () => [] }, 0);
  expect(rowsOf(folder)).toEqual([]);
  const written = openOrder(folder);
  expect(() => written.at(0)).toThrow(RangeError);
  written.close();
});

describe('pairs in shards', () => {
  const files = async (shards: number): Promise<EncodedPairs> => {
    const place = mkdtempSync(path.join(folder, 'shards-'));
    const perShard = Math.ceil(pairs.length / shards);
    for (let shard = 0; shard < shards; shard++)
      writeEncodedPairs(
        path.join(place, `pairs-0000${shard}.arrow`),
        pairs.slice(shard * perShard, (shard + 1) * perShard),
      );
    return openEncodedPairs(place, 'pairs');
  };
  /** Bytes of everything that the training leaves behind. */
  const trainedBytes = async (shards: number, stopAt?: number): Promise<readonly string[]> => {
    const place = mkdtempSync(path.join(folder, 'trained-'));
    const stored = await files(shards);
    try {
      if (stopAt !== undefined) expect((await train(place, { stopAt, stored })).outcome.kind).toBe('interrupted');
      const { state } = await train(place, { stored });
      await writeTrainState(path.join(place, 'state.safetensors'), state as TrainState, layout);
    } finally {
      stored.close();
    }
    return ['state.safetensors', 'order.arrow'].map((file) =>
      createHash('sha256')
        .update(readFileSync(path.join(place, file)))
        .digest('hex'),
    );
  };

  it('train to the same bytes from 1 shard and from 7, stopped on the way or not', async () => {
    const whole = await trainedBytes(1);
    expect(await trainedBytes(7)).toEqual(whole);
    expect(await trainedBytes(7, 3)).toEqual(whole);
  });
});

it('after memory was exhausted computes fewer pairs at a time, to the same state but for rounding', async () => {
  const { state } = await train(mkdtempSync(path.join(folder, 'whole-')));
  const halved = await train(mkdtempSync(path.join(folder, 'halved-')), { halvings: 2 });
  for (const [name, values] of Object.entries((state as TrainState).parameters)) {
    const other = (halved.state as TrainState).parameters[name] ?? new Float32Array();
    expect(other).toHaveLength(values.length);
    const largest = values.reduce((most, value, index) => Math.max(most, Math.abs(value - (other[index] ?? NaN))), 0);
    expect(largest, name).toBeLessThan(1e-4);
  }
  // Cut otherwise, or nothing would have been saved.
  expect(halved.state).not.toEqual(state);
});
