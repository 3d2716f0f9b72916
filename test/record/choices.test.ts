/** Hyperparameters that `select` chose: numbers and others alike, from its folder to the report's input. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect, readTrialResults, showThing, withDatabase } from '../../harness/record/index.ts';
import { stageId, temporaryResults, writeExperiment, writeStage } from './results-fixture.ts';

const values = {
  'finetune.optimizer.learningRate': 0.003,
  'finetune.sharePrompts': true,
  'finetune.ema': null,
  'finetune.frozenStorage': 'half',
};
const select = stageId('select', 1);
let results = '';
beforeEach(() => {
  results = temporaryResults();
  writeStage(results, { kind: 'select', number: 1, choices: values });
  writeStage(results, { kind: 'evaluate', number: 2 });
  writeStage(results, { kind: 'evaluate', number: 3 });
  writeExperiment(results, 'tuned', [
    { id: '0000000000a0', seed: 0, arm: 'pmp', stages: [select, stageId('evaluate', 2)] },
    { id: '0000000000a1', seed: 0, arm: 'none', stages: [stageId('evaluate', 3)] },
  ]);
});
afterEach(() => rmSync(results, { recursive: true }));

test('every chosen value reaches the trials that were tuned, with its type, and no other trial', async () => {
  await collect(results);
  const { trials } = await withDatabase(results, (database) => readTrialResults(database, 'tuned'));
  expect(trials.map(({ choices }) => choices)).toEqual([values, {}]);
});

test('they are shown with their stage and their trial', async () => {
  await collect(results);
  const rows = Object.entries(values)
    .map(([name, value]) => ({ name, value }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  await withDatabase(results, async (database) => {
    expect(await showThing(database, select)).toMatchObject({ choices: rows });
    expect(await showThing(database, '0000000000a0')).toMatchObject({ choices: rows });
  });
});

test('a choice that is not the committed one makes its stage damaged, and is not told', async () => {
  writeFileSync(join(results, 'store', select, 'choice.json'), '{"values":{"finetune.sharePrompts":false}}');
  const { problems } = await collect(results);
  expect(problems).toEqual([
    { path: `store/${select}`, message: expect.stringContaining('choice.json has 42 bytes, done.json says') as string },
  ]);
  const { trials } = await withDatabase(results, (database) => readTrialResults(database, 'tuned'));
  expect(trials[0]?.choices).toEqual({});
});

test('a choice that is no plain value is refused by name', async () => {
  writeStage(results, { kind: 'select', number: 1, choices: { 'finetune.schedule': { kind: 'cosine' } } });
  const { problems } = await collect(results);
  expect(problems[0]?.message).toContain('choice.json: values.finetune.schedule is neither a text, a number');
});
