/** Training inside a stage takes its batches from order.arrow: the same training, from a file that others can read. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, expect, it } from 'vitest';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import type { ModelConfig } from '../../harness/model/index.ts';
import { readOrder, writeOrder } from '../../harness/stages/batch-order.ts';
import { runTraining } from '../../harness/stages/run-training.ts';
import type { StageContext } from '../../harness/stages/index.ts';
import type { JournalEvent } from '../../harness/store/index.ts';
import { batchOrder, SessionCache, type TrainResult } from '../../harness/train/index.ts';
import { tinyModels } from '../model/tiny-models.ts';
import { pairs, runOptions, stateAfter, tokensOf } from '../train/run-options.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'run-training-'));
const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1, capacity: 4 });
afterAll(async () => {
  await sessions.release();
  rmSync(folder, { recursive: true });
});

const options = runOptions(tinyModels[0] as ModelConfig, sessions);
const order = batchOrder({ seed: 5, pairsPerStep: 8, lengths: pairs.map(tokensOf) });

function contextIn(place: string, signal: AbortSignal, emit: (event: JournalEvent) => void): StageContext {
  const execution = { threads: 1, device: 'cpu', checkpointEverySeconds: 0 } as const;
  return { folder: place, execution, signal, emit, sessions: async () => sessions } as unknown as StageContext;
}

/** Told to stop at `stopAt`, where it is given. */
function train(place: string, stopAt?: number): Promise<TrainResult> {
  const stop = new AbortController();
  const emit = (event: JournalEvent): void => {
    if (event.kind === 'progress' && event.step === stopAt) stop.abort();
  };
  return runTraining(contextIn(place, stop.signal, emit), { ...options, pairs, order });
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
  expect((await train(place, 3)).outcome.kind).toBe('interrupted');
  const { state } = await train(place);
  expect(state).toEqual(await stateAfter(options));
  expect(rowsOf(place)).toEqual(expectedRows(options.toStep));
});

it('reads what was written, and has no step beyond it', () => {
  writeOrder(folder, { at: (step) => [step, 9 - step] }, 3);
  const batchOf = readOrder(folder);
  expect([0, 1, 2].map((step) => batchOf(step))).toEqual([
    [0, 9],
    [1, 8],
    [2, 7],
  ]);
  expect(() => batchOf(3)).toThrow(/order\.arrow has no step 3$/);
});
