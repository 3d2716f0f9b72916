import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect, exportTable, withDatabase } from '../../harness/record/index.ts';
import { captured, documentOf } from '../cli/captured-run.ts';
import { FakeTerminal } from '../cli/fake-terminal.ts';
import { runCli } from '../../harness/cli/run-cli.ts';
import { temporaryResults, writeSampleResults } from './results-fixture.ts';

let results = '';
beforeAll(async () => {
  results = temporaryResults();
  writeSampleResults(results);
  await collect(results);
});

const folder = mkdtempSync(path.join(tmpdir(), 'harness-export-test-'));
const secret = path.join(folder, 'secret.txt');
writeFileSync(secret, 'hidden');

/** The query that these give depends on how the connection is set: harmless where it is looked at first. */
const reading = (isOpen: string): string =>
  `SELECT * FROM query(CASE WHEN ${isOpen} THEN 'SELECT content FROM read_text(''${secret}'')' ` +
  `ELSE 'SELECT ''locked'' AS content' END)`;

describe('export', () => {
  it.each([
    ['the setting', reading(`current_setting('enable_external_access')::BOOL`)],
    ['the lock', reading(`NOT current_setting('lock_configuration')::BOOL`)],
  ])('is as locked as sql for a query that asks for %s', async (_, query) => {
    const file = path.join(folder, 'asked.csv');
    expect(await exportTable(results, query, 'csv', file)).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('content\nlocked\n');
  });

  it.each([
    ['another file', `SELECT content FROM read_text('${secret}')`, /other files/],
    ['two statements', 'SELECT 1; SELECT 2', /one statement/],
    ['no statement', ' ', /one statement/],
    ['a way out of the parentheses', `SELECT 1) TO '${folder}/out.csv' (FORMAT csv); COPY (SELECT 1`, /syntax error/],
    ['an explanation', 'EXPLAIN SELECT 1', /EXPLAIN/],
    ['another connection', `ATTACH '${folder}/other.duckdb'`, /ATTACH/],
  ])('refuses %s and leaves no file', async (_, query, complaint) => {
    const file = path.join(folder, 'refused.csv');
    await expect(exportTable(results, query, 'csv', file)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(complaint) as string,
    });
    expect(readdirSync(folder).filter((name) => name.startsWith('refused') || name === 'out.csv')).toEqual([]);
  });

  it('writes into folders with quotes and spaces in their names', async () => {
    const odd = path.join(folder, `it's "odd" ?#`);
    mkdirSync(odd);
    for (const format of ['csv', 'json', 'parquet'] as const)
      expect(await exportTable(results, 'trials', format, path.join(odd, `t'.${format}`))).toBe(4);
    expect(readdirSync(odd).toSorted()).toEqual([`t'.csv`, `t'.json`, `t'.parquet`]);
  });

  it('replaces a regular file, and the one behind a link, and nothing else', async () => {
    const file = path.join(folder, 'file.csv');
    const link = path.join(folder, 'link.csv');
    writeFileSync(file, 'before');
    symlinkSync('file.csv', link);
    await exportTable(results, 'SELECT 1 AS one', 'csv', link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('one\n1\n');
    const [dangling, pipe] = [path.join(folder, 'dangling.csv'), path.join(folder, 'pipe.csv')];
    symlinkSync('nowhere', dangling);
    spawnSync('mkfifo', [pipe]);
    for (const [place, sort] of [
      [folder, 'a folder'],
      ['/dev/null', 'a device'],
      [dangling, 'a link to nothing'],
      [pipe, 'a pipe'],
    ] as const)
      await expect(exportTable(results, 'trials', 'csv', place)).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining(`is ${sort}`) as string,
      });
    expect([lstatSync(pipe).isFIFO(), lstatSync(dangling).isSymbolicLink()]).toEqual([true, true]);
    expect(existsSync('/dev/null')).toBe(true);
  });
});

const bell = "SELECT 'a' || chr(27) || 'b' AS x";

describe('harness export -o -', () => {
  const exported = async (...argv: string[]): ReturnType<typeof captured> =>
    captured(['export', ...argv, '--results', results]);

  it('writes rows to standard output, as csv or as is asked, and says how many on stderr', async () => {
    for (const place of ['-', '/dev/stdout']) {
      const csv = await exported('SELECT 1 AS one', '-o', place);
      expect(csv).toEqual({ exitCode: 0, stdout: 'one\n1\n', stderr: '1 row\n' });
    }
    expect(JSON.parse((await exported('SELECT 1 AS one', '-o', '-', '--format', 'json')).stdout)).toEqual([{ one: 1 }]);
    expect((await exported('trials', '-o', '-', '--json')).exitCode).toBe(2);
  });

  it('hands bytes on as they are, but to a terminal nothing that it would obey', async () => {
    const terminal = new FakeTerminal(80);
    await runCli(['export', bell, '-o', '-', '--results', results], { stdout: terminal, stderr: terminal, env: {} });
    expect(terminal.written).toContain('a\\x1bb');
    const parquet = ['export', bell, '-o', '-', '--format', 'parquet', '--results', results];
    expect(await runCli(parquet, { stdout: terminal, stderr: terminal, env: {} })).toBe(2);
    const bytes: Uint8Array[] = [];
    const pipe = { write: () => true };
    const writeBytes = (chunk: Uint8Array): number => bytes.push(chunk);
    await runCli(parquet, { stdout: pipe, stderr: pipe, writeBytes, env: {} });
    expect(Buffer.concat(bytes).subarray(0, 4).toString()).toBe('PAR1');
  });
});

describe('limits of sql', () => {
  it('cut rows, and it is told', async () => {
    const rows = 'SELECT * FROM range(25)';
    const cut = await captured(['sql', rows, '--max-rows', '10', '--results', results]);
    expect(cut.stdout.trimEnd().split('\n').length).toBe(11);
    expect(cut.stderr).toContain('only the first 10 rows: --max-rows N shows more');
    const json = await captured(['sql', rows, '--max-rows', '10', '--json', '--results', results]);
    expect(documentOf(json)).toMatchObject({
      isCut: true,
      rows: Array.from({ length: 10 }, (_, range) => ({ range })),
    });
    const whole = await captured(['sql', rows, '--max-rows', '25', '--json', '--results', results]);
    expect(documentOf(whole)['isCut']).toBe(false);
  });

  it('stop a query that takes too long, with a way out', async () => {
    const endless = 'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3';
    const started = performance.now();
    const run = await captured(['sql', endless, '--max-seconds', '1', '--results', results]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('the query took longer than 1 s and was stopped');
    expect(run.stderr).toContain('--max-seconds');
    expect(performance.now() - started).toBeLessThan(60_000);
  });

  it('leave the database free for the next query', async () => {
    await withDatabase(results, async (database) => {
      await expect(
        database.query('SELECT count(*) FROM range(1000000) a, range(1000000) b', {}, { rows: 1, seconds: 0.2 }),
      ).rejects.toMatchObject({ exitCode: 2 });
      expect((await database.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    });
  });
});
