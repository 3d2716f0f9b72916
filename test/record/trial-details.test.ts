/** Stages and training curves of single trials, as a page shows them. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect, readTrialDetails, withDatabase } from '../../harness/record/index.ts';
import { stageId, temporaryResults, writeExperiment, writeStage } from './results-fixture.ts';

let results = '';
beforeEach(() => {
  results = temporaryResults();
  writeStage(results, { kind: 'finetune', number: 1 });
  writeStage(results, { kind: 'finetune', number: 2 });
  writeStage(results, { kind: 'evaluate', number: 3 });
  const stages = [stageId('finetune', 1), stageId('finetune', 2), stageId('evaluate', 3)];
  writeExperiment(results, 'curved', [{ id: '0000000000a0', seed: 0, arm: 'none', stages }]);
});
afterEach(() => rmSync(results, { recursive: true }));

/** Lines of a journal, in place of those that a stage has. */
function journal(number: number, events: readonly object[]): void {
  const file = join(results, 'store', stageId('finetune', number), 'journal.jsonl');
  const [first, ...others] = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(
    file,
    [first, ...events.map((event) => JSON.stringify(event)), others.at(-1)].map((line) => `${line}\n`).join(''),
  );
}

const metric = (name: string, step: number, value: number) => ({ kind: 'metric', step, name, value });

async function details() {
  await collect(results);
  return withDatabase(results, (database) => readTrialDetails(database, 'curved'));
}

test('a curve is that of the last finetuning, of the metrics that a page shows', async () => {
  journal(1, [metric('train/loss', 1, 9)]);
  journal(2, [metric('train/loss', 10, 0.7), metric('train/loss', 20, 0.6), metric('train/update_norm', 10, 1)]);
  expect(await details()).toEqual([
    {
      trialId: '0000000000a0',
      stages: [stageId('finetune', 1), stageId('finetune', 2), stageId('evaluate', 3)],
      curves: [{ name: 'train/loss', recorded: 2, steps: [10, 20], values: [0.7, 0.6] }],
    },
  ]);
});

test('a step that was taken twice has its last value', async () => {
  journal(2, [
    metric('train/loss', 1, 0.7),
    metric('train/loss', 2, 0.9),
    { kind: 'attempt', attempt: 2, startedAt: '2026-01-02T03:05:05.000Z', resumedFromStep: 1 },
    metric('train/loss', 2, 0.6),
  ]);
  expect((await details())[0]?.curves).toMatchObject([{ recorded: 2, steps: [1, 2], values: [0.7, 0.6] }]);
});

test('of many steps there are few, evenly, with the first and the last', async () => {
  journal(
    2,
    Array.from({ length: 500 }, (_, i) => metric('train/loss', i + 1, 1 / (i + 1))),
  );
  const [curve] = (await details())[0]?.curves ?? [];
  const steps = curve?.steps ?? [];
  expect([curve?.recorded, steps.length, steps[0], steps.at(-1)]).toEqual([500, 24, 1, 500]);
  const gaps = steps.slice(1).map((step, i) => step - (steps[i] ?? 0));
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(2);
});
