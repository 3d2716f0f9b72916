/** The notebooks of docs/notebooks: their SQL runs over what `harness export` writes, and says what is recorded. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captured } from '../cli/captured-run.ts';
import { temporaryResults, writeSampleResults } from '../record/results-fixture.ts';

interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: readonly string[];
    readonly outputs?: readonly unknown[];
    readonly execution_count?: number | null;
  }[];
}

const folder = path.resolve(import.meta.dirname, '../../docs/notebooks');
const textOf = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const { cells } = JSON.parse(textOf('scaling.ipynb')) as Notebook;
const python = cells.filter(({ cell_type: type }) => type === 'code');
const queries = python.flatMap(({ source }) =>
  [...source.join('').matchAll(/duckdb\.sql\("""\n([^]*?)\n"""\)/g)].map(([, sql = '']) => sql),
);

let results = '';
let scratch = '';
const parquet = (): string => path.join(scratch, 'trial_results.parquet');

beforeAll(async () => {
  results = temporaryResults();
  scratch = mkdtempSync(path.join(tmpdir(), 'harness-notebooks-'));
  writeSampleResults(results);
  const command = /harness export "(.*)" -o trial_results\.parquet/.exec(textOf('README.md'))?.[1] ?? '';
  const source = command.replace("'scale'", "'tiny'");
  await captured(['collect', results], {});
  const run = await captured(['export', source, '-o', parquet()], { HARNESS_RESULTS: results });
  expect(run.exitCode, run.stderr).toBe(0);
});
afterAll(() => {
  for (const each of [results, scratch]) rmSync(each, { recursive: true, force: true });
});

/** Every trial a second time, trained for longer, where PMP is .1 worse. */
const twoTrainings = `
  SELECT * REPLACE ('{"training":"equal-steps"}' AS declared) FROM exported
  UNION ALL
  SELECT * REPLACE ('{"training":"three-times"}' AS declared, value - CASE arm WHEN 'pmp' THEN .1 ELSE 0 END AS value)
  FROM exported`;

async function rowsOf(sql: string, trials = 'FROM exported'): Promise<readonly Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    await connection.run(`CREATE VIEW exported AS FROM '${parquet()}'; CREATE VIEW trials AS ${trials}`);
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
  }
}

describe('scaling.ipynb', () => {
  it('is kept without outputs, and reads the file that the page says to write', () => {
    for (const { outputs, execution_count: count } of python) expect([outputs, count]).toEqual([[], null]);
    expect(python[0]?.source.join('')).toContain("FROM 'trial_results.parquet'");
    expect(queries).toHaveLength(3);
  });

  it('counts what became of the trials', async () => {
    expect(await rowsOf(queries[0] ?? '')).toEqual([{ outcome: 'completed', trials: '4' }]);
  });

  it('has means over seeds', async () => {
    // no pretraining .5 .6, pmp .7 .9: standard errors .05 and .1
    const rows = await rowsOf(queries[1] ?? '');
    expect(rows.map(({ arm, seeds }) => [arm, seeds])).toEqual([
      ['none', '2'],
      ['pmp', '2'],
    ]);
    expect(rows.map(({ accuracy }) => Number(accuracy).toFixed(6))).toEqual(['0.550000', '0.800000']);
    expect(rows.map((row) => Number(row['standard_error']).toFixed(6))).toEqual(['0.050000', '0.100000']);
  });

  it('pairs by seed', async () => {
    // .2 and .3
    const [row, ...others] = await rowsOf(queries[2] ?? '');
    expect(others).toEqual([]);
    expect([row?.['seeds'], Number(row?.['difference']).toFixed(6)]).toEqual(['2', '0.250000']);
    expect(Number(row?.['standard_error'])).toBeCloseTo(0.05, 12);
  });

  it('does not average over an axis that the experiment declares, nor pairs across it', async () => {
    const longer = await rowsOf(queries[2] ?? '', twoTrainings);
    expect(longer.map(({ panel, seeds, difference }) => [panel, seeds, Number(difference).toFixed(6)])).toEqual([
      ['tiny, algebra, equal-steps', '2', '0.250000'],
      ['tiny, algebra, three-times', '2', '0.150000'],
    ]);
    const curve = await rowsOf(queries[1] ?? '', twoTrainings);
    expect(curve.map(({ seeds }) => seeds)).toEqual(['2', '2', '2', '2']);
  });

  it('draws columns that its queries have', async () => {
    const known = new Set(
      (await Promise.all(queries.map((sql) => rowsOf(sql)))).flatMap((rows) => Object.keys(rows[0] ?? {})),
    );
    const drawn = python.flatMap(({ source }) =>
      [...source.join('').matchAll(/"(\w+):[QNO]"/g)].map(([, name]) => name),
    );
    for (const name of drawn.filter((one) => one !== 'low' && one !== 'high')) expect(known).toContain(name);
    expect(drawn.length).toBeGreaterThan(8);
  });
});

describe('scaling.md', () => {
  it('asks what the other notebook asks, of the same file', () => {
    const page = textOf('scaling.md');
    expect([...page.matchAll(/```sql[^\n]*\n([^]*?)\n```/g)].map(([, sql]) => sql)).toEqual(queries);
    expect(page).toContain('trials: ./trial_results.parquet');
  });
});
