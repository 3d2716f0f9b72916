/**
 * Damage of any file that a number rests on, as `collect` finds it: told, never a row, and gone once it is repaired.
 */
import { copyFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect, withDatabase, type Row } from '../../harness/record/index.ts';
import { enterStage, stageFolder, Workspace, type Provenance } from '../../harness/store/index.ts';
import { temporaryResults, writeSampleResults } from './results-fixture.ts';

let results = '';
beforeEach(() => {
  results = temporaryResults();
});
afterEach(() => rmSync(results, { recursive: true }));

const id = 'finetune-00000000abcd';

/** A stage as a worker commits it, with an output that no other stage and no table reads. */
async function commitStage(): Promise<void> {
  const workspace = enterStage({
    stage: { id, kind: 'finetune', fingerprint: '0'.repeat(64), config: {}, inputs: {} },
    folder: stageFolder(results, id),
    inputFolders: {},
    execution: { threads: 1, device: 'cpu', checkpointEverySeconds: 1 },
    cacheFolder: '',
    plugins: [],
    attempt: 1,
    provenance: { provenanceVersion: 1, host: 'box' } as unknown as Provenance,
  });
  if (!(workspace instanceof Workspace)) throw new Error('the stage is there already');
  workspace.journal.append({ kind: 'metric', step: null, name: 'train/loss', value: 0.25 });
  writeFileSync(join(workspace.folder, 'model.bin'), 'weights '.repeat(100));
  await workspace.commit(id, { kind: 'completed' }, ['model.bin']);
  workspace.leave();
}

const rowsOf = (sql: string): Promise<readonly Row[]> =>
  withDatabase(results, async (database) => (await database.query(sql)).rows);
const outcome = async (): Promise<unknown> => (await rowsOf(`SELECT outcome FROM stages WHERE stage_id = '${id}'`))[0];

function flipByte(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 4;
  writeFileSync(file, bytes);
}

const harms: readonly (readonly [string, (file: string) => void])[] = [
  ['a changed byte', flipByte],
  ['cut', (file) => truncateSync(file, 9)],
  ['emptied', (file) => truncateSync(file, 0)],
  ['removed', (file) => rmSync(file)],
];
const names = ['model.bin', 'journal.jsonl', 'stage.json', 'provenance.json', 'seal.json', 'done.json'];
/** Two harms of each file and each harm of three, unless slow tests are asked for. */
const isSlow = process.env['HARNESS_SLOW_TESTS'] === '1';
const harmsOf = (name: string) => harms.filter((_, index) => isSlow || index % 2 === names.indexOf(name) % 2);
if (!isSlow) console.log('skipped: 12 of 24 kinds of damage (HARNESS_SLOW_TESTS=1 does all)');

test.each(names)('%s: each harm is told, costs the stage its rows, and is over once the file is back', async (name) => {
  await commitStage();
  expect((await collect(results)).problems).toEqual([]);
  const file = join(stageFolder(results, id), name);
  copyFileSync(file, join(results, 'kept'));
  for (const [how, harm] of harmsOf(name)) {
    harm(file);
    const { problems } = await collect(results);
    expect([how, problems.map(({ path }) => path)]).toEqual([how, [`store/${id}`]]);
    expect(await outcome()).toEqual({ outcome: 'damaged' });
    expect(await rowsOf('SELECT * FROM metrics')).toEqual([]);
    expect((await collect(results)).problems).toEqual(problems);
    copyFileSync(join(results, 'kept'), file);
    expect((await collect(results)).problems).toEqual([]);
    expect(await outcome()).toEqual({ outcome: 'completed' });
  }
});

test('a database whose bytes were changed is told of, and built again from the files', async () => {
  writeSampleResults(results);
  await collect(results);
  const before = await rowsOf('SELECT * FROM results ORDER BY ALL');
  for (const [, harm] of harms.slice(0, 3)) {
    harm(join(results, 'harness.duckdb'));
    const { problems, isRebuilt } = await collect(results);
    expect(isRebuilt).toBe(true);
    expect(problems).toMatchObject([
      {
        path: 'harness.duckdb',
        message: expect.stringContaining('built again from the files of the stages') as string,
      },
    ]);
    expect(await rowsOf('SELECT * FROM results ORDER BY ALL')).toEqual(before);
    expect(await collect(results)).toMatchObject({ isRebuilt: false, problems: [] });
  }
  expect(readdirSync(results).filter((name) => name.startsWith('harness.duckdb'))).toEqual([
    'harness.duckdb',
    'harness.duckdb.sha256',
  ]);
});
