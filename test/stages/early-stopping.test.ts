/** Early stopping: the looks, where it ends, and that an interruption changes neither these nor the kept model. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeEncodedPairs, writePairs } from '../../harness/data/index.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import type { ModelConfig } from '../../harness/model/index.ts';
import type { FinetuneConfig, StageContext } from '../../harness/stages/index.ts';
import { bestOf, clearBest, looksFile, trainToBest } from '../../harness/stages/early-stopping.ts';
import { nativeCompute } from '../../harness/stages/native-compute.ts';
import type { JournalEvent } from '../../harness/store/index.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { tinyModels } from '../model/tiny-models.ts';
import { pairs, runOptions, stateAfter } from '../train/run-options.ts';
import { stageTraining } from './stage-training.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'early-stopping-'));
const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1, capacity: 4 });
afterAll(async () => {
  await sessions.release();
  rmSync(folder, { recursive: true });
});

const options = runOptions(tinyModels[0] as ModelConfig, sessions);
const dev = pairs.slice(0, 12);
writeEncodedPairs(path.join(folder, 'dev.arrow'), dev);
await writePairs(
  path.join(folder, 'dev.jsonl'),
  dev.map(({ id }) => ({ id, group: id, prompt: '', chosen: '', rejected: '', source: '', edits: [] })),
);

interface Changes {
  readonly place: string;
  readonly every?: number;
  readonly patience?: number;
  readonly stopAt?: number;
}

async function train({ place, every = 2, patience = 99, stopAt }: Changes) {
  const stop = new AbortController();
  const events: JournalEvent[] = [];
  const context = {
    folder: place,
    execution: { threads: 1, device: 'cpu', checkpointEverySeconds: 0 },
    signal: stop.signal,
    numerics: 'float32',
    inputFolders: { task: folder },
    emit: (event: JournalEvent) => {
      events.push(event);
      if (event.kind === 'progress' && event.step === stopAt) stop.abort();
    },
    compute: async () => nativeCompute(sessions, 'cpu'),
  } as unknown as StageContext<FinetuneConfig>;
  const run = await trainToBest(context, stageTraining(options, folder), { every, patience });
  return { ...run, trained: (await run.state?.load()) ?? null, events };
}

const newPlace = (): string => mkdtempSync(path.join(folder, 'run-'));

it('looks at dev after every so many steps, and keeps the state of the best look', async () => {
  const { outcome, looks, trained, events } = await train({ place: newPlace() });
  expect(outcome.kind).toBe('completed');
  expect(looks?.map(({ step }) => step)).toEqual(
    [2, 4, 6, 8].filter((step) => step < options.toStep).concat(options.toStep),
  );
  const best = bestOf(looks ?? []);
  expect(trained?.parameters).toEqual((await stateAfter({ ...options, toStep: best.step })).parameters);
  const told = events.filter((event) => event.kind === 'metric' && event.name === 'dev/pairwise_loss');
  expect(told).toMatchObject((looks ?? []).map(({ step, loss }) => ({ step, value: loss })));
  const progress = events.filter((event) => event.kind === 'progress');
  expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: options.toStep }, (_, index) => index + 1));
  expect(progress.every(({ steps }) => steps === options.toStep)).toBe(true);
});

it('makes the same looks and keeps the same model when it is stopped on the way, once or twice', async () => {
  const straight = await train({ place: newPlace() });
  const place = newPlace();
  expect((await train({ place, stopAt: 1 })).outcome.kind).toBe('interrupted');
  expect((await train({ place, stopAt: 5 })).outcome.kind).toBe('interrupted');
  const { looks, trained, events } = await train({ place });
  expect(looks).toEqual(straight.looks);
  expect(trained).toEqual(straight.trained);
  expect(events.filter(({ kind }) => kind === 'attempt')).toMatchObject([{ resumedFromStep: 5 }]);
});

it('ends after as many looks without a better one as patience says', async () => {
  const place = newPlace();
  const { looks } = await train({ place, every: 1, patience: 1 });
  const steps = looks?.length ?? 0;
  const first = looks?.findIndex((look, index) => index > 0 && bestOf(looks.slice(0, index + 1)) !== look);
  expect(steps).toBe(first === -1 ? options.toStep : (first ?? 0) + 1);
  expect(JSON.parse(readFileSync(path.join(place, looksFile), 'utf8'))).toEqual(looks);
  clearBest(place);
  expect(existsSync(path.join(place, 'best.safetensors'))).toBe(false);
});

it('starts over where the best state is gone', async () => {
  const straight = await train({ place: newPlace() });
  const place = newPlace();
  await train({ place, stopAt: 5 });
  clearBest(place);
  const { looks, trained } = await train({ place });
  expect(looks).toEqual(straight.looks);
  expect(trained).toEqual(straight.trained);
});

it('takes the higher accuracy, then the lower loss, then the earlier step', () => {
  const look = (step: number, accuracy: number, loss: number) => ({ step, accuracy, loss });
  expect(bestOf([look(1, 0.5, 0.7), look(2, 0.6, 0.9), look(3, 0.6, 0.8), look(4, 0.6, 0.8)]).step).toBe(3);
});
