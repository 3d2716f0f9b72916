/** `task.json`: all that a worker is told, as a file in the stage's own folder. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTaskFile, writeTaskFile, type StageTask } from '../../harness/store/index.ts';

let store: string;
beforeEach(() => {
  store = join(mkdtempSync(join(tmpdir(), 'task-file-')), 'store');
});
afterEach(() => rmSync(join(store, '..'), { recursive: true }));

const taskIn = (place: string): StageTask => ({
  stage: {
    id: 'pairs-0123456789ab',
    kind: 'pairs',
    fingerprint: '0123456789ab'.padEnd(64, '0'),
    config: { pairs: { kind: 'files' }, contextLength: 64, pairsDigest: 'ab', plugin: null },
    inputs: { tokenizer: 'tokenizer-000000000001' },
    locations: { pairs: { path: ['/data/a.jsonl', '/data/b.jsonl'] } },
  },
  folder: join(place, 'pairs-0123456789ab'),
  inputFolders: { tokenizer: join(place, 'tokenizer-000000000001') },
  execution: { threads: 3, device: 'cpu', checkpointEverySeconds: 30 },
  cacheFolder: '/cache',
  plugins: [{ file: '/home/me/plugin.mjs', digest: 'd'.repeat(64) }],
  attempt: 4,
  provenance: { provenanceVersion: 1, commit: 'c0ffee', startedAt: '2026-01-01T00:00:00.000Z' } as never,
});
const fileOf = (task: StageTask): string => join(task.folder, 'task.json');

test('says everything that the worker is asked to do, and makes the folder', () => {
  const task = taskIn(store);
  writeTaskFile(task);
  expect(readTaskFile(task.folder)).toEqual(task);
});

test('says no more of a planned stage than its description', () => {
  const { locations: _none, ...stage } = taskIn(store).stage;
  const planned = { ...stage, cost: { steps: 8 } };
  writeTaskFile({ ...taskIn(store), stage: planned });
  expect(readTaskFile(taskIn(store).folder).stage).toEqual(stage);
});

test('names inputs relative to the folder, so that a store can lie anywhere', () => {
  const task = taskIn(store);
  writeTaskFile(task);
  expect(readFileSync(fileOf(task), 'utf8')).not.toContain(store);
  const moved = join(store, '..', 'mounted', 'elsewhere');
  cpSync(store, moved, { recursive: true });
  const { folder, inputFolders } = readTaskFile(join(moved, task.stage.id));
  expect({ folder, inputFolders }).toEqual({
    folder: join(moved, task.stage.id),
    inputFolders: { tokenizer: join(moved, 'tokenizer-000000000001') },
  });
});

test('is replaced by the next attempt', () => {
  const task = taskIn(store);
  writeTaskFile(task);
  writeTaskFile({ ...task, attempt: 5 });
  expect(readTaskFile(task.folder).attempt).toBe(5);
});

test('a folder without one is refused, with where tasks come from', () => {
  mkdirSync(store, { recursive: true });
  expect(() => readTaskFile(store)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: `${store} has no task.json`,
      hint: expect.stringContaining('a sweep writes its task.json'),
    }),
  );
});

test.each([
  ['no JSON', () => '{"taskVersion": 1,', 'expected object'],
  ['another version', (text: string) => text.replace('"taskVersion":1', '"taskVersion":2'), 'taskVersion'],
  ['no threads', (text: string) => text.replace('"threads":3', '"threads":0'), 'execution.threads'],
  ['a device that nobody knows', (text: string) => text.replace('"cpu"', '"abacus"'), 'execution.device'],
  ['no config', (text: string) => text.replace('"config"', '"configuration"'), 'stage.config'],
  ['an attempt that is no number', (text: string) => text.replace('"attempt":4', '"attempt":"4"'), 'attempt'],
])('one with %s is refused, with the file and the field', (_, change, field) => {
  const task = taskIn(store);
  writeTaskFile(task);
  const compact = JSON.stringify(JSON.parse(readFileSync(fileOf(task), 'utf8')));
  expect(change(compact)).not.toBe(compact);
  writeFileSync(fileOf(task), change(compact));
  expect(() => readTaskFile(task.folder)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringMatching(new RegExp(`^${fileOf(task)}: [\\s\\S]*${field}`)),
      hint: expect.stringContaining('another version'),
    }),
  );
});
