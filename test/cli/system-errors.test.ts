/** Trouble of the system, as a person meets it: the exit code of the contract, and what to do. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeError } from '../../harness/cli/describe-error.ts';
import { exitCodeOfError } from '../../harness/cli/exit-code.ts';
import { cacheFolder, hasCache } from '../../harness/cli/folders.ts';
import { cacheTrouble } from '../../harness/run/preflight.ts';
import { sharedFileSystem } from '../../harness/store/index.ts';
import { programArguments } from '../programs/test-program.ts';
import { writeSampleResults } from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-system-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const speaker = { host: { stdout: { write: () => {} }, stderr: { write: () => {} }, env: {} }, callable: String };

describe('an error of the system', () => {
  it.each([
    ['ENOSPC', 4, 'The disk is full'],
    ['EFBIG', 4, 'ulimit -f'],
    ['EMFILE', 4, 'ulimit -n'],
    ['ENOMEM', 4, 'Memory is exhausted'],
    ['ERR_MODULE_NOT_FOUND', 4, 'npm ci'],
    ['EROFS', 3, 'HARNESS_CACHE'],
    ['EACCES', 3, '--results DIR'],
    ['ENAMETOOLONG', 2, 'shorter name'],
  ])('%s ends with %i and says what to do', (code, exitCode, hint) => {
    const error = new Error('while writing', { cause: Object.assign(new Error(`${code}: no`), { code }) });
    expect(exitCodeOfError(error)).toBe(exitCode);
    expect(describeError(error, speaker)).toMatch(/^harness: while writing\n {2}/);
    expect(describeError(error, speaker)).toContain(hint);
  });

  it('is known by the words of DuckDB, too; any other error is a bug', () => {
    expect(exitCodeOfError(new Error('IO Error: Could not write file "x": File too large'))).toBe(4);
    expect(exitCodeOfError(new Error('IO Error: Cannot open file "x": Permission denied'))).toBe(3);
    expect(exitCodeOfError(new Error('undefined is not a tensor'))).toBe(70);
  });
});

describe('limits of a process', () => {
  const run = (limit: string, argv: readonly string[]) => {
    const words = [...programArguments(path.join(root, 'harness/cli/main.ts')), ...argv];
    const line = `${limit} && exec ${[process.execPath, ...words].map((word) => `'${word}'`).join(' ')}`;
    const { status, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    return { status, stderr };
  };

  it('on the size of files ends with 4, in words', () => {
    const results = path.join(folder, 'limited');
    mkdirSync(results);
    writeSampleResults(results);
    const { status, stderr } = run('ulimit -f 8', ['collect', '--results', results]);
    expect(status).toBe(4);
    expect(stderr).toContain('ulimit -f unlimited');
    expect(stderr).not.toContain('bug');
  });
});

describe('a program that cannot be loaded', () => {
  it.each([
    ["import 'a-package-that-is-not-there';", "Cannot find package 'a-package-that-is-not-there'", 'npm ci'],
    ["throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });", 'too many open files', 'ulimit -n'],
  ])('because of %j ends with 4 and says what to do', (source, message, hint) => {
    const place = mkdtempSync(path.join(folder, 'program-'));
    for (const name of ['harness/cli', 'dist/cli']) mkdirSync(path.join(place, name), { recursive: true });
    cpSync(path.join(root, 'harness/cli/bin.mjs'), path.join(place, 'harness/cli/bin.mjs'));
    writeFileSync(path.join(place, 'package.json'), '{"type": "module"}');
    writeFileSync(path.join(place, 'dist/cli/main.js'), source);
    const { status, stderr } = spawnSync(process.execPath, [path.join(place, 'harness/cli/bin.mjs')], {
      encoding: 'utf8',
    });
    expect(status).toBe(4);
    expect(stderr).toMatch(/^harness: the program cannot be loaded: /);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });
});

describe('folders as they are', () => {
  it.each(['a ?b', "it's #1 100%", 'Größe 実験 "q"', '-dash & co'])('results lie in %j', async (name) => {
    const results = path.join(folder, name);
    mkdirSync(results);
    writeSampleResults(results);
    const env = { HARNESS_RESULTS: results };
    expect(await captured(['collect'], env)).toMatchObject({ exitCode: 0 });
    const counted = documentOf(await captured(['sql', 'SELECT count(*) AS n FROM trials', '--json'], env));
    expect(counted).toMatchObject({ rows: [{ n: 4 }] });
    expect(await captured(['status'], env)).toMatchObject({ exitCode: 0 });
    const target = path.join(results, 'trials.csv');
    expect(await captured(['export', '-o', target, 'SELECT trial_id FROM trials'], env)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(target, 'utf8').trim().split('\n')).toHaveLength(5);
  });

  it('a folder in the place of the database is refused in words', async () => {
    const results = path.join(folder, 'with-a-folder');
    mkdirSync(path.join(results, 'harness.duckdb'), { recursive: true });
    writeSampleResults(results);
    for (const command of [['collect'], ['ls', 'trials'], ['sql', 'SELECT 1']]) {
      const { exitCode, stderr } = await captured(command, { HARNESS_RESULTS: results });
      expect([exitCode, stderr]).toEqual([3, expect.stringContaining('harness.duckdb is a folder')]);
    }
    expect(await captured(['status'], { HARNESS_RESULTS: results })).toMatchObject({ exitCode: 0 });
  });

  it('a cache that cannot be written to, or a home that is not there, names HARNESS_CACHE', () => {
    const blocked = path.join(folder, 'a-file');
    writeFileSync(blocked, '');
    expect(cacheTrouble(path.join(blocked, 'harness'))).toMatch(/\(ENOTDIR\): .*HARNESS_CACHE names another$/);
    expect(cacheTrouble(path.join(folder, 'cache'))).toBeNull();
    const home = process.env['HOME'];
    process.env['HOME'] = '';
    try {
      expect(hasCache({})).toBe(false);
      expect(hasCache({ XDG_CACHE_HOME: '/x' })).toBe(true);
      expect(() => cacheFolder({})).toThrow(
        expect.objectContaining({ exitCode: 3, hint: 'Name a folder for it with HARNESS_CACHE.' }),
      );
    } finally {
      if (home === undefined) delete process.env['HOME'];
      else process.env['HOME'] = home;
    }
  });

  it.runIf(process.platform === 'linux')('a network file system is told of', () => {
    expect(sharedFileSystem('/x', () => 0x6969)).toMatch(/^a network file system \(NFS\)/);
    expect(sharedFileSystem('/x', () => 0xfe534d42 | 0)).toMatch(/SMB/);
    expect(sharedFileSystem('/x', () => 0x65735546)).toMatch(/FUSE.*object store/);
    expect(sharedFileSystem('/x', () => 0xef53)).toBeNull();
    expect(sharedFileSystem(folder)).toBeNull();
  });
});
