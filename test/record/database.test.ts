import { mkdtempSync, readFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  collect,
  exportTable,
  groupTrials,
  listTrials,
  openDatabase,
  readFirstResultTime,
  readLengthOutcomes,
  readPairOutcomes,
  showThing,
  withDatabase,
} from '../../harness/record/index.ts';
import { isWithinSource } from '../../harness/data/index.ts';
import type { ResultsDatabase } from '../../harness/record/index.ts';
import {
  pairItems,
  stageId,
  temporaryResults,
  writeExperiment,
  writeSampleResults,
  writeStage,
} from './results-fixture.ts';

let results = '';
beforeAll(async () => {
  results = temporaryResults();
  writeSampleResults(results);
  await collect(results);
});

const withResults = <T>(use: (database: ResultsDatabase) => Promise<T>): Promise<T> => withDatabase(results, use);

describe('query', () => {
  it('gives values that JSON can hold without loss', async () => {
    const { rows } = await withResults((database) =>
      database.query(
        `SELECT 9007199254740991 AS safe, 9007199254740993::BIGINT AS unsafe, 'NaN'::DOUBLE AS nan, ` +
          `TIMESTAMP '2026-01-02 03:04:05.678' AS time, 0.1::DOUBLE AS tenth, NULL AS missing, [1, 2] AS list, ` +
          `{'a': 1} AS struct, 1.25::DECIMAL(9, 2) AS decimal`,
      ),
    );
    expect(rows).toEqual([
      {
        safe: 9007199254740991,
        unsafe: '9007199254740993',
        nan: 'NaN',
        time: '2026-01-02T03:04:05.678Z',
        tenth: 0.1,
        missing: null,
        list: [1, 2],
        struct: { a: 1 },
        decimal: 1.25,
      },
    ]);
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
  });

  it('binds parameters instead of pasting them', async () => {
    const { rows } = await withResults((database) =>
      database.query('SELECT $text AS text', { text: "'; DROP TABLE trials; --" }),
    );
    expect(rows).toEqual([{ text: "'; DROP TABLE trials; --" }]);
  });

  it.each([
    ['INSERT INTO trials SELECT * FROM trials', /INSERT/],
    ['DROP TABLE trials', /DROP/],
    ['CREATE TEMP TABLE t (a INTEGER)', /CREATE/],
    ['SELECT 1; DROP TABLE trials', /one statement/],
    ['SET enable_external_access = true', /SET/],
    ["ATTACH '/tmp/other.duckdb'", /ATTACH/],
    ["COPY trials TO '/tmp/harness-must-not-exist.csv'", /other files/],
    ["SELECT * FROM read_text('/etc/hostname')", /other files/],
    ['SELEC 1', /syntax error/],
    ['SELECT * FROM nowhere', /nowhere/],
    ['', /one statement/],
  ])('refuses %s with exit code 2', async (sql, complaint) => {
    await withResults(async (database) => {
      await expect(database.query(sql)).rejects.toMatchObject({
        name: 'UserError',
        exitCode: 2,
        message: expect.stringMatching(complaint) as string,
      });
    });
    expect(existsSync('/tmp/harness-must-not-exist.csv')).toBe(false);
  });

  it('says what to do where nothing was collected, or by another version', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'harness-empty-'));
    await expect(openDatabase(folder)).rejects.toMatchObject({
      exitCode: 5,
      hint: expect.stringContaining('harness collect') as string,
    });
    const other = await DuckDBInstance.create(join(folder, 'harness.duckdb'));
    other.closeSync();
    await expect(openDatabase(folder)).rejects.toMatchObject({
      exitCode: 4,
      hint: expect.stringContaining('--rebuild') as string,
    });
  });
});

describe('listings', () => {
  it('groups trials over seeds with mean, 95 % half-width and n', async () => {
    const rows = await withResults((database) => groupTrials(database, { metrics: ['eval/pairwise_accuracy'] }));
    // none .5 .6: mean .55, s = .1 / sqrt 2, half-width t(1) s / sqrt 2 = 12.70620474 x .05 = .6353102; pmp .7 .9:
    // mean .8, 12.70620474 x .1 = 1.2706205.
    expect(rows.map((row) => [row['arm'], row['trials'], row['n']])).toEqual([
      ['none', 2, 2],
      ['pmp', 2, 2],
    ]);
    expect(rows[0]?.['mean']).toBeCloseTo(0.55, 12);
    expect(rows[0]?.['half_width']).toBeCloseTo(0.635310237, 7);
    expect(rows[1]?.['half_width']).toBeCloseTo(1.270620474, 7);
  });

  it('has no half-width for one seed and no value where nothing was measured', async () => {
    const single = temporaryResults();
    const evaluate = writeStage(single, { kind: 'evaluate', number: 1, finals: { 'eval/pairwise_accuracy': 0.7 } });
    writeExperiment(single, 'one', [
      { id: '00000000000a', seed: 0, arm: 'pmp', stages: [evaluate] },
      { id: '00000000000b', seed: 1, arm: 'none', stages: [stageId('evaluate', 2)] },
    ]);
    await collect(single);
    const rows = await withDatabase(single, (database) =>
      groupTrials(database, { experiment: 'one', metrics: ['eval/pairwise_accuracy'] }),
    );
    expect(rows).toMatchObject([
      { arm: 'pmp', mean: 0.7, half_width: null, n: 1, completed: 1 },
      { arm: 'none', mean: null, half_width: null, n: null, completed: 0 },
    ]);
  });

  it('lists one row a trial with metrics as columns', async () => {
    const rows = await withResults((database) =>
      listTrials(database, { experiment: 'tiny', metrics: ['eval/pairwise_accuracy', 'pretrain/pairwise_accuracy'] }),
    );
    expect(rows.map((row) => [row['seed'], row['eval/pairwise_accuracy'], row['pretrain/pairwise_accuracy']])).toEqual([
      [0, 0.5, null],
      [1, 0.6, null],
      [0, 0.7, 0.61],
      [1, 0.9, 0.61],
    ]);
  });

  it('gives paired outcomes with half credit for a tie', async () => {
    const outcomes = await withResults((database) => readPairOutcomes(database, 'tiny'));
    // Margins: p1 = 1, p2 = 0 for scratch and 1 for pmp, p3 = -1.
    expect(outcomes.map(({ correct }) => Object.fromEntries(correct))).toEqual([
      { p1: 1, p2: 0.5, p3: 0 },
      { p1: 1, p2: 0.5, p3: 0 },
      { p1: 1, p2: 1, p3: 0 },
      { p1: 1, p2: 1, p3: 0 },
    ]);
  });

  it('gives what length alone gets right, and when a trial was first scored', async () => {
    const [lengths, first] = await withResults(async (database) => [
      await readLengthOutcomes(database, 'tiny'),
      await readFirstResultTime(database, 'tiny'),
    ]);
    // Chosen responses of the fixture have 10 tokens, rejected ones 12.
    const isWithinSource = [false, false, false];
    expect(lengths).toEqual([
      { task: expect.any(String), longest: [0, 0, 0], groups: ['g-p1', 'g-p2', 'g-p3'], isWithinSource },
    ]);
    expect(first).toBe('2026-01-02T03:04:07.500Z');
    expect(await withResults((database) => readFirstResultTime(database, 'another'))).toBeNull();
  });

  it('says which pairs are of one source: of one origin, whose models may differ', async () => {
    const sources: Readonly<Record<string, readonly [string | null, string | null]>> = {
      p1: ['lab/small', 'lab/large'],
      p2: ['lab/small', 'other/small'],
      p3: ['gpt3', 'gpt4'],
      p4: ['lab/small', null],
    };
    const items = pairItems({ p1: 1, p2: 1, p3: 1, p4: 1 }).map((item) => ({
      ...item,
      source: sources[item.itemId]?.[item.candidate] ?? null,
    }));
    const named = temporaryResults();
    const evaluate = writeStage(named, { kind: 'evaluate', number: 1, items });
    writeExperiment(named, 'one', [{ id: '00000000000a', seed: 0, arm: 'pmp', stages: [evaluate] }]);
    await collect(named);
    const [[outcome], [lengths]] = await withDatabase(named, async (database) => [
      await readPairOutcomes(database, 'one'),
      await readLengthOutcomes(database, 'one'),
    ]);
    expect([...(outcome?.withinSource ?? [])]).toEqual(['p1']);
    expect(lengths?.isWithinSource).toEqual([true, false, false, false]);
    // As the data have it.
    const isOne = (source: string): boolean => isWithinSource({ source });
    expect([isOne('lab/small vs lab/large'), isOne('lab/a vs other/a'), isOne('gpt3 vs gpt4')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('leaves a pair out whose reward is no number', async () => {
    const broken = temporaryResults();
    const evaluate = writeStage(broken, { kind: 'evaluate', number: 1, items: pairItems({ p1: 1, p2: Number.NaN }) });
    writeExperiment(broken, 'one', [{ id: '00000000000a', seed: 0, arm: 'pmp', stages: [evaluate] }]);
    await collect(broken);
    const [outcome] = await withDatabase(broken, (database) => readPairOutcomes(database, 'one'));
    expect([...(outcome?.correct ?? [])]).toEqual([['p1', 1]]);
  });

  it('shows what the beginning of an id names, and refuses what is ambiguous or unknown', async () => {
    await withResults(async (database) => {
      expect(await showThing(database, stageId('evaluate', 32))).toMatchObject({
        kind: 'stage',
        stage: { inputs: { task: stageId('task', 2) } },
        trials: [{ trial_id: '0000000000a0' }],
      });
      expect(await showThing(database, '0000000000a2')).toMatchObject({
        kind: 'trial',
        trial: { axes: { arm: 'pmp' } },
      });
      expect(await showThing(database, 'ti')).toMatchObject({
        kind: 'experiment',
        outcomes: [{ outcome: 'completed', trials: 4 }],
      });
      await expect(showThing(database, 'evaluate')).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining('4 ids') as string,
      });
      await expect(showThing(database, 'zz')).rejects.toMatchObject({ exitCode: 2 });
    });
  });
});

describe('exportTable', () => {
  it('writes CSV, JSON and Parquet of the same rows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'harness-export-'));
    const source = `SELECT trial_id, value FROM results WHERE metric = 'eval/pairwise_accuracy' ORDER BY trial_id`;
    for (const format of ['csv', 'json', 'parquet'] as const)
      expect(await exportTable(results, source, format, join(folder, `out.${format}`))).toBe(4);
    const rows = [
      ['0000000000a0', 0.5],
      ['0000000000a1', 0.6],
      ['0000000000a2', 0.7],
      ['0000000000a3', 0.9],
    ].map(([trial_id, value]) => ({ trial_id, value }));
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe(
      `trial_id,value\n${rows.map((row) => `${row.trial_id},${row.value}`).join('\n')}\n`,
    );
    expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).toEqual(rows);
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    expect(
      (await connection.runAndReadAll(`SELECT * FROM '${join(folder, 'out.parquet')}'`)).getRowObjectsJS(),
    ).toEqual(rows);
    connection.closeSync();
    instance.closeSync();
  });

  it('refuses a source that writes, and a folder that is not there', async () => {
    await expect(exportTable(results, 'DROP TABLE trials', 'csv', join(results, 'x.csv'))).rejects.toMatchObject({
      exitCode: 2,
    });
    await expect(
      exportTable(results, "SELECT 1) TO '/tmp/harness-must-not-exist.csv'; --", 'csv', join(results, 'x.csv')),
    ).rejects.toMatchObject({ exitCode: 2 });
    await expect(exportTable(results, 'trials', 'csv', join(results, 'nowhere', 'x.csv'))).rejects.toMatchObject({
      exitCode: 2,
    });
    expect(existsSync('/tmp/harness-must-not-exist.csv')).toBe(false);
  });
});
