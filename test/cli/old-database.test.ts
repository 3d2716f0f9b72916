/** A database that another version of the harness made: the files are the truth, so it is built again, with a word. */
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../harness/record/index.ts';
import { schemaVersion } from '../../harness/record/schema.ts';
import { databaseDigestFile, databaseFile, hashFileSync } from '../../harness/store/index.ts';
import { temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let results = '';
beforeEach(async () => {
  results = temporaryResults();
  writeSampleResults(results);
  await collect(results);
  await change(`UPDATE schema_version SET version = ${schemaVersion.version - 1}`);
});

async function change(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path.join(results, 'harness.duckdb'));
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
  const { sha256 } = hashFileSync(databaseFile(results), false);
  writeFileSync(databaseDigestFile(results), JSON.stringify({ sha256 }));
}

const { version } = schemaVersion;
const told = `its tables are of version ${version - 1}, and now they are of version ${version}`;

describe('a database of another version', () => {
  it.each([
    ['sql', ['sql', 'SELECT count(*)::INTEGER AS n FROM trials', '--json'], { rows: [{ n: 4 }] }],
    ['ls', ['ls', 'experiments', '--json'], { experiments: [{ experiment: 'tiny', trials: 4 }] }],
  ])('is built again by %s, which says so once', async (_, argv, answer) => {
    const first = await captured([...argv, '--results', results]);
    expect(documentOf(first)).toMatchObject(answer);
    expect(first.stderr).toContain(told);
    expect(first.stderr).toContain('building it again from the files');
    expect(await captured([...argv, '--results', results])).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('is built again by collect, and nothing is lost', async () => {
    const run = await captured(['collect', results, '--json']);
    expect(documentOf(run)).toMatchObject({ isRebuilt: true, rebuiltBecause: told, removed: 0 });
    expect(run.stderr).toContain(`${told}; built again from the files`);
  });

  it('is told where it is not known which, or is no database', async () => {
    await change('DROP TABLE schema_version');
    expect((await collect(results)).rebuiltBecause).toBe('it says no version of its tables');
  });

  it('refuses to be read where it cannot be written', async () => {
    if (process.getuid?.() === 0) return console.info('skipped: root writes everywhere');
    chmodSync(results, 0o500);
    const run = await captured(['ls', 'experiments', '--results', results]);
    chmodSync(results, 0o700);
    expect(run.exitCode).toBe(3);
  });
});
