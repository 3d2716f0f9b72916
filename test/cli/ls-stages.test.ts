/** What `ls stages` and `status` say of stages that run at this moment: a lease of a living process tells. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { stageLeasePlace } from '../../harness/store/layout.ts';
import { takeLease } from '../../harness/store/lease.ts';
import { collect } from '../../harness/record/index.ts';
import { stageId, temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let results = '';
beforeEach(async () => {
  results = temporaryResults();
  writeSampleResults(results);
  await collect(results);
});

/** The journal without its end, as it is while the stage runs. */
function unfinish(id: string): void {
  const folder = join(results, 'store', id);
  const journal = join(folder, 'journal.jsonl');
  const events = readFileSync(journal, 'utf8').split('\n');
  writeFileSync(journal, events.filter((line) => line !== '' && !line.includes('"outcome"')).join('\n') + '\n');
  rmSync(join(folder, 'done.json'));
}

/** As the worker that is in the folder: this process, which certainly lives. */
function enter(id: string): void {
  takeLease(stageLeasePlace(join(results, 'store', id)), 1, { attempt: 1 });
}

const run = (...argv: readonly string[]): ReturnType<typeof captured> => captured([...argv, '--results', results]);

describe('a stage that runs now', () => {
  const id = stageId('decay', 3);

  it('is running, with its process and since when, and not unfinished', async () => {
    unfinish(id);
    enter(id);
    await collect(results);
    const { stages } = documentOf(await run('ls', 'stages', '--json', '--outcome', 'running')) as { stages: unknown[] };
    expect(stages).toMatchObject([
      { stageId: id, outcome: 'running', cause: `process ${process.pid}, since 2026-01-02T03:04:05.000Z` },
    ]);
    expect((await run('ls', 'stages')).stdout).not.toContain('unfinished');
    expect((await run('ls', 'runs', '--outcome', 'running')).stdout).toContain(id);
    expect((await run('status')).stdout).toMatch(new RegExp(`running: .*${id}\\n    step 1 of 2, loss 0.5000`));
  });

  it('is listed before the database has heard of it', async () => {
    const fresh = 'evaluate-fffffffffffe';
    mkdirSync(join(results, 'store', fresh));
    enter(fresh);
    expect((await run('ls', 'stages', '--outcome', 'running')).stdout).toContain(fresh);
    expect((await run('ls', 'stages', '--outcome', 'running', '--kind', 'decay')).exitCode).toBe(5);
  });

  it('is unfinished when its worker is gone', async () => {
    unfinish(id);
    await collect(results);
    expect((await run('ls', 'stages', '--outcome', 'unfinished')).stdout).toContain(id);
  });

  it('has the end that its files tell when the database is behind', async () => {
    const done = readFileSync(join(results, 'store', id, 'done.json'));
    unfinish(id);
    await collect(results);
    writeFileSync(join(results, 'store', id, 'done.json'), done);
    expect((await run('ls', 'stages', '--kind', 'decay')).stdout).toContain('completed');
  });
});

describe('show', () => {
  it('shows several things, one after the other', async () => {
    const [stage, trial] = [stageId('evaluate', 32), 'tiny'];
    const { stdout } = await run('show', stage, trial);
    expect(stdout).toContain(`stage ${stage}`);
    expect(stdout).toContain('experiment tiny');
    expect(documentOf(await run('show', stage, trial, '--json'))).toMatchObject({
      things: [{ kind: 'stage', id: stage }, { kind: 'experiment' }],
    });
  });
});
