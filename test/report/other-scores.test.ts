/** Scores that were judged outside a sweep, in the report of the experiment whose task they are of. */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { collect, readScoresOf, withDatabase } from '../../harness/record/index.ts';
import { buildReport } from '../../harness/report/index.ts';
import { temporaryResults, writeExperiment, writeStage } from '../record/results-fixture.ts';
import { input, sweep } from './sweep-fixture.ts';

it('are those of the test split of its tasks, by model', async () => {
  const results = temporaryResults();
  try {
    const [task, other] = [1, 2].map((number) => writeStage(results, { kind: 'task', number }));
    const evaluate = writeStage(results, { kind: 'evaluate', number: 3, inputs: { task: task ?? '' } });
    writeExperiment(results, 'scale', [{ id: '0000000000a1', seed: 0, arm: 'none', stages: [task ?? '', evaluate] }]);
    const scores = (number: number, model: string, of: string | undefined, split = 'test'): string =>
      writeStage(results, {
        kind: 'scores',
        number,
        config: { model, task: { name: 'algebra', kind: 'generated', split } },
        inputs: of === undefined ? {} : { task: of },
        finals: { 'eval/pairwise_accuracy': 0.5 + number / 100, 'eval/pairs': 20 },
      });
    const [b, a] = [scores(4, 'b', task), scores(5, 'a', task)];
    scores(6, 'of another task', other);
    scores(7, 'of no task on record', undefined);
    scores(8, 'of dev', task, 'dev');
    await collect(results);
    await withDatabase(results, async (database) => {
      expect(await readScoresOf(database, 'scale')).toEqual([
        { stageId: a, model: 'a', task: 'algebra', metrics: { 'eval/pairwise_accuracy': 0.55, 'eval/pairs': 20 } },
        { stageId: b, model: 'b', task: 'algebra', metrics: { 'eval/pairwise_accuracy': 0.54, 'eval/pairs': 20 } },
      ]);
    });
  } finally {
    rmSync(results, { recursive: true });
  }
});

it('stand in a table of their task, with intervals where there are some', () => {
  const { trials } = sweep({ models: ['qwen2-tiny'], samples: [128], budgets: [2048], seeds: [0, 1, 2] });
  const task = trials[0]?.task ?? '';
  const metrics = {
    'eval/pairwise_accuracy': 0.8333,
    'eval/pairwise_accuracy_low': 0.5,
    'eval/pairwise_accuracy_high': 0.95,
    'eval/pairs': 1520,
    'eval/pool_questions': 0,
  };
  const pool = { 'eval/best_of_all': 0.5, 'eval/pool_questions': 8, 'eval/pairs': 0 };
  const scores = [
    { stageId: 'scores-1', model: 'org/rm', task, metrics },
    { stageId: 'scores-2', model: 'other', task, metrics: pool },
    { stageId: 'scores-3', model: 'elsewhere', task: 'another task', metrics },
  ];
  const report = buildReport(input({ trials, scores }));
  const table = report.tables.find(({ title }) => title.startsWith('Other scores'));
  expect(table?.title).toBe(`Other scores of ${task}`);
  expect(table?.rows).toEqual([
    ['org/rm', '83.3 [50.0, 95.0]', '1,520', '–', '–', 'scores-1'],
    ['other', '–', '–', '50.0', '8', 'scores-2'],
  ]);
  // A report without any is what it was before there could be some.
  const without = buildReport(input({ trials }));
  expect(without.tables.some(({ title }) => title.startsWith('Other scores'))).toBe(false);
  expect(buildReport(input({ trials, scores: [] })).digest).toBe(without.digest);
  expect(report.digest).not.toBe(without.digest);
});
