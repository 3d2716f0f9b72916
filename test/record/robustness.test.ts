/** A results folder that changes, or cannot be written or read, while it is collected. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect, withDatabase, type Row } from '../../harness/record/index.ts';
import {
  pairItems,
  stageId,
  temporaryResults,
  writeExperiment,
  writeSampleResults,
  writeStage,
} from './results-fixture.ts';
import { programArguments } from '../programs/test-program.ts';

let results = '';
const mounted: string[] = [];
beforeEach(() => {
  results = temporaryResults();
});
afterEach(() => {
  for (const folder of mounted.splice(0)) execFileSync('umount', [folder]);
  rmSync(results, { recursive: true });
});

const rowsOf = (sql: string): Promise<readonly Row[]> =>
  withDatabase(results, async (database) => (await database.query(sql)).rows);

function startScript(name: string, ...more: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  return spawn(process.execPath, [...programArguments(script), results, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('folders that come and go meanwhile stop no collect, and leave no row behind', async () => {
  writeSampleResults(results);
  const child = startScript('come-and-go.ts');
  await once(child.stdout, 'data');
  for (let round = 0; round < 5; round++) {
    await collect(results);
    expect(await rowsOf(`SELECT count(*) AS n FROM trials WHERE outcome = 'completed'`)).toEqual([{ n: 4 }]);
  }
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  for (const name of readdirSync(join(results, 'store')))
    if (Number.parseInt(name.slice(-12), 16) >= 600) rmSync(join(results, 'store', name), { recursive: true });
  expect((await collect(results)).problems).toEqual([]);
  expect(await rowsOf('SELECT count(*) AS n FROM stages')).toEqual([{ n: 12 }]);
  expect(await rowsOf('SELECT count(*) AS n FROM items')).toEqual([{ n: 24 }]);
});

test('collectors at the same time lose nothing: no result waits for a later collect', async () => {
  const collecting = [];
  for (let number = 1; number <= 8; number++) {
    writeStage(results, { kind: 'task', number, finals: { 'task/pairs': number } });
    collecting.push(collect(results));
    await sleep(15);
  }
  await Promise.all(collecting);
  expect(await rowsOf('SELECT count(*) AS stages, count(DISTINCT stage_id) AS ids FROM stages')).toEqual([
    { stages: 8, ids: 8 },
  ]);
  expect(readdirSync(results).sort()).toEqual(['.checked', 'harness.duckdb', 'harness.duckdb.sha256', 'store']);
});

test('a collector that began earlier and ends later does not take back what another has collected', async () => {
  writeSampleResults(results);
  await collect(results);
  const slow = startScript('collect-once.ts');
  // Its copy is there, so it has looked for sources already. It is held until another collector has been and gone.
  const lease = join(results, 'harness.duckdb.lease');
  const copies = (): readonly string[] =>
    existsSync(lease) ? readdirSync(lease).filter((name) => existsSync(join(lease, name, 'harness.duckdb'))) : [];
  while (copies().length === 0) await sleep(1);
  slow.kill('SIGSTOP');
  writeStage(results, { kind: 'task', number: 99 });
  await collect(results, { leaseLostMs: 300 });
  const exited = once(slow, 'exit');
  slow.kill('SIGCONT');
  expect(await exited).toEqual([0, null]);
  expect(await rowsOf('SELECT count(*) AS n FROM stages')).toEqual([{ n: 13 }]);
});

// A thread starts with a file of the built program.
test.skipIf(process.env['HARNESS_TEST_BUILT'] !== '1')('threads that read give the same tables as none', async () => {
  writeSampleResults(results);
  // More than one batch for each of two threads, among them items, choices, a failure and damage.
  for (let number = 1000; number < 1600; number++)
    writeStage(results, {
      kind: 'evaluate',
      number,
      steps: [1, 2],
      finals: { 'eval/accuracy': number },
      choices: { 'finetune.steps': number },
      items: pairItems({ [`pair-${number}`]: number, shared: 1 }),
    });
  appendFileSync(join(results, 'store', stageId('evaluate', 1100), 'items.arrow'), '!');
  const journal = join(results, 'store', stageId('evaluate', 1500), 'journal.jsonl');
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"value":1500', '"value":1501 x'));
  const contentWith = async (threads: string): Promise<unknown> => {
    rmSync(join(results, '.checked'), { force: true });
    expect(await once(startScript('collect-once.ts', threads), 'exit')).toEqual([0, null]);
    const tables = ['stages', 'runs', 'metrics', 'choices', 'items', 'collected', 'trials'];
    const rows = await Promise.all(tables.map((table) => rowsOf(`SELECT * FROM ${table} ORDER BY ALL`)));
    return [rows, readFileSync(join(results, '.checked'), 'utf8').split('\n').toSorted()];
  };
  const alone = await contentWith('0');
  expect(await contentWith('2')).toEqual(alone);
  expect(await rowsOf(`SELECT count(*) AS n FROM stages WHERE outcome = 'damaged'`)).toEqual([{ n: 2 }]);
  expect(await rowsOf(`SELECT count(*) AS n FROM items`)).toEqual([{ n: 24 + 4 * 599 - 4 }]);
});

test('a file that cannot be read is a problem of its stage, and the other stages are collected', async () => {
  writeSampleResults(results);
  const folder = join(results, 'store', stageId('task', 2));
  rmSync(join(folder, 'journal.jsonl'));
  mkdirSync(join(folder, 'journal.jsonl'));
  const { problems } = await collect(results);
  expect(problems).toEqual([
    { path: `store/${stageId('task', 2)}`, message: expect.stringContaining('EISDIR') as string },
  ]);
  expect(await rowsOf('SELECT outcome, count(*) AS n FROM stages GROUP BY outcome ORDER BY outcome')).toEqual([
    { outcome: 'completed', n: 11 },
    { outcome: 'damaged', n: 1 },
  ]);
  expect(await collect(results)).toMatchObject({ read: 0, problems });
});

test('a damaged stage is of the kind that its plan says', async () => {
  const id = stageId('finetune', 1);
  writeStage(results, { kind: 'finetune', number: 1 });
  rmSync(join(results, 'store', id, 'stage.json'));
  await collect(results);
  expect(await rowsOf('SELECT kind, outcome FROM stages')).toEqual([{ kind: null, outcome: 'damaged' }]);
  writeExperiment(results, 'later', [{ id: '0000000000a0', seed: 0, arm: 'none', stages: [id] }]);
  await collect(results);
  expect(await rowsOf('SELECT kind FROM stages')).toEqual([{ kind: 'finetune' }]);
  rmSync(join(results, 'experiments'), { recursive: true });
  await collect(results);
  expect(await rowsOf('SELECT kind FROM stages')).toEqual([{ kind: null }]);
});

test('a stage that came back after it could not be read is read again, though its bytes are the old ones', async () => {
  const file = join(results, 'store', stageId('task', 1), 'journal.jsonl');
  writeStage(results, { kind: 'task', number: 1, finals: { 'task/pairs': 5 } });
  const text = execFileSync('cat', [file]);
  rmSync(file);
  mkdirSync(file);
  await collect(results);
  rmSync(file, { recursive: true });
  execFileSync('tee', [file], { input: text, stdio: ['pipe', 'ignore', 'inherit'] });
  expect(await collect(results)).toMatchObject({ read: 1, problems: [] });
  expect(await rowsOf('SELECT value FROM metrics')).toEqual([{ value: 5 }]);
});

test('a read-only folder can be asked; collecting something new there is refused with the reason', async () => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', results], { stdio: 'pipe' });
  } catch (error) {
    console.log(`skipped: no permission to mount a file system (${String(error).split('\n')[0]})`);
    return;
  }
  mounted.push(results);
  const readOnly = (is: boolean): void =>
    void execFileSync('mount', ['-o', `remount,${is ? 'ro' : 'rw'}`, results], { stdio: 'pipe' });
  writeSampleResults(results);
  await collect(results);
  readOnly(true);
  expect(await collect(results)).toMatchObject({ read: 0, unchanged: 13 });
  expect(await rowsOf('SELECT count(*) AS n FROM trials')).toEqual([{ n: 4 }]);
  readOnly(false);
  writeStage(results, { kind: 'task', number: 99 });
  readOnly(true);
  await expect(collect(results)).rejects.toMatchObject({
    exitCode: 3,
    message: `cannot write to the results folder ${results}: EROFS`,
  });
});
