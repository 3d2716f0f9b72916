/** What version 0.2.0 recorded is read, shown, reported and served (docs/decisions/012-old-stores.md). */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect, readTrialResults, withDatabase, type Row } from '../../harness/record/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { oldResults, oldSpec } from './fixtures/old-results.ts';

let results: string;
let reports: string;
beforeEach(() => {
  results = oldResults();
  reports = mkdtempSync(join(tmpdir(), 'harness-old-reports-'));
});
afterEach(() => {
  for (const folder of [results, reports]) rmSync(folder, { recursive: true });
});

const harness = (...argv: string[]): Promise<CapturedRun> =>
  captured(argv, { HARNESS_RESULTS: results, HARNESS_REPORTS: reports });
const rowsOf = (sql: string): Promise<readonly Row[]> =>
  withDatabase(results, async (database) => (await database.query(sql)).rows);

test('collect reads every stage and the plan, without a problem, in the words of today', async () => {
  expect(await collect(results)).toMatchObject({ read: 23, problems: [] });
  expect(await rowsOf('SELECT kind, count(*) AS n FROM stages GROUP BY kind ORDER BY kind')).toEqual([
    { kind: 'baseline', n: 2 },
    { kind: 'corpus', n: 1 },
    { kind: 'decay', n: 1 },
    { kind: 'evaluate', n: 6 },
    { kind: 'finetune', n: 6 },
    { kind: 'pairs', n: 1 },
    { kind: 'pretrain', n: 1 },
    { kind: 'select', n: 2 },
    { kind: 'task', n: 1 },
    { kind: 'tokenizer', n: 1 },
  ]);
  expect(await rowsOf(`SELECT model, arm, outcome, axes->>'model' AS axis FROM trials ORDER BY position`)).toEqual([
    { model: 'toy', arm: 'none', outcome: 'completed', axis: 'toy' },
    { model: 'toy', arm: 'pmp', outcome: 'completed', axis: 'toy' },
  ]);
  // 16 test pairs of 2 candidates and 4 questions of 4, by each of 2 trials.
  expect(await rowsOf('SELECT count(*) AS n FROM items JOIN trials ON evaluate_stage = stage_id')).toEqual([
    { n: 2 * (16 * 2 + 4 * 4) },
  ]);
});

test('choices that are no numbers are read from its select stages', async () => {
  await collect(results);
  const { trials } = await withDatabase(results, (database) => readTrialResults(database, 'old-store'));
  expect(trials.map(({ choices }) => choices)).toEqual([
    { 'finetune.sharePrompts': true },
    { 'finetune.sharePrompts': true },
  ]);
});

test('the experiment of then is refused: each seed would draw half of the train split', async () => {
  const { exitCode, stderr } = await harness('plan', oldSpec);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/a quarter of\s+task\.trainPairs \(16\).*8 samples need\s+32 pairs/s);
});

test('a plan of today is another one: code is cut, described and mutated in another way since', async () => {
  const before = readdirSync(join(results, 'store')).toSorted();
  const { stages } = documentOf(await harness('plan', oldSpec, '-s', 'task.trainPairs=32', '--json')) as {
    stages: { id: string; status: string }[];
  };
  expect(stages.filter(({ status }) => status === 'cached')).toEqual([]);
  expect(stages.filter(({ id }) => before.includes(id))).toEqual([]);
  expect(readdirSync(join(results, 'store')).toSorted()).toEqual(before);
});

test.each([
  [['ls', 'trials'], /none .* pmp /s],
  [['ls', 'stages'], /select-[0-9a-f]{12}/],
  [['show', 'old-store'], /eval\/pairwise_accuracy/],
  [['status'], /old-store/],
  [['report', 'old-store'], /PMP/],
])('harness %s works on it', async (argv, expected) => {
  await collect(results);
  const { exitCode, stdout, stderr } = await harness(...argv);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(expected);
});

test('a plan of a version to come is refused by name, and its stages are kept', async () => {
  const file = join(results, 'experiments', 'old-store', 'plan.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), planVersion: 99 }));
  const { problems } = await collect(results);
  expect(problems).toEqual([
    { path: 'experiments/old-store', message: expect.stringContaining('plan format 99 is newer than this harness') },
  ]);
  expect(await rowsOf('SELECT count(*) AS n FROM stages')).toEqual([{ n: 22 }]);
});
