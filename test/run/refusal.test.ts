/** What a sweep refuses before it starts, and what a disk that fills up under it does. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exitCodeOf } from '../../harness/run/index.ts';
import { readStoreState, readSweepLease } from '../../harness/store/index.ts';
import { UserError } from '../../harness/spec/user-error.ts';
import { fakePlan, makePlace, removePlace, runSweep } from './fixtures/fake-plan.ts';
import type { Place } from './fixtures/fake-plan.ts';

let place: Place;
const mounted: string[] = [];
beforeEach(() => {
  place = makePlace();
});
afterEach(() => {
  for (const folder of mounted.splice(0)) execFileSync('umount', [folder]);
  removePlace(place);
});

/** A file system of its own, where this process may mount one; otherwise null, and the reason is printed. */
function mountSmall(options: string): string | null {
  try {
    mkdirSync(place.results, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place.results], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    mounted.push(place.results);
    return place.results;
  } catch (error) {
    console.log(
      `skipped: no permission to mount a small file system ` +
        `(${error instanceof Error ? error.message.split('\n')[0] : ''})`,
    );
    return null;
  }
}

async function refusalOf(run: Promise<unknown>): Promise<{ exitCode: number; message: string; hint: string | null }> {
  const error = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, found ${String(error)}`);
  return { exitCode: error.exitCode, message: error.message, hint: error.hint };
}

const plan = () => fakePlan(place.audit, [{ name: 'a', kind: 'corpus' }]);

test('a second sweep on the same results is refused while the first lives, by name; afterwards it is not', async () => {
  const first = runSweep(place, plan());
  expect(readSweepLease(place.results)).toMatchObject({ pid: process.pid, experiment: 'fake' });
  expect(await refusalOf(runSweep(place, plan()))).toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(
      new RegExp(
        `^another sweep \\(pid ${process.pid}, experiment fake, since \\d{4}-.*Z\\) is using ${place.results}$`,
      ),
    ),
    hint: 'Wait for it, or use another folder with --results DIR.',
  });
  expect((await first).summary.counts.ran).toBe(1);
  expect(readSweepLease(place.results)).toBeNull();
});

test('too little room, or a folder that cannot be written to, is refused before anything starts', async () => {
  expect(await refusalOf(runSweep(place, plan(), { limits: { minimumFreeBytes: 1e18 } }))).toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/^\d+ MB free where .*results lies; a sweep does not start below 1000000000000 MB$/),
  });
  rmSync(place.results, { recursive: true });
  writeFileSync(place.results, 'a file where the folder should be');
  expect(await refusalOf(runSweep(place, plan()))).toMatchObject({
    exitCode: 3,
    message: `cannot write to the results folder ${place.results}: ENOTDIR`,
  });
  rmSync(place.results);
  if (mountSmall('ro,size=1m') === null) return;
  expect(await refusalOf(runSweep(place, plan()))).toMatchObject({
    exitCode: 3,
    message: `cannot write to the results folder ${place.results}: EROFS`,
    hint: 'Make it writable, or use --results DIR.',
  });
});

test('a full disk stops the sweep as infrastructure; what was done stays, and with room it goes on', async () => {
  if (mountSmall('size=1m') === null) return;
  const stages = fakePlan(place.audit, [
    { name: 'a', kind: 'corpus' },
    { name: 'greedy', kind: 'corpus', behaviour: 'fills-disk-once' },
    { name: 'c', kind: 'corpus' },
  ]);
  const change = {
    execution: { workers: 1, threads: 1, device: 'cpu', checkpointEverySeconds: 1 },
    limits: { minimumFreeBytes: 0 },
  } as const;
  const { summary, events } = await runSweep(place, stages, change);
  expect(summary).toMatchObject({
    counts: { ran: 1, failed: 1 },
    notStarted: 1,
    stoppedBecause: 'disk',
    failures: [{ stageId: 'corpus-greedy', errorClass: 'infrastructure', message: expect.stringContaining('ENOSPC') }],
  });
  expect(exitCodeOf(summary)).toBe(4);
  expect(events).toContainEqual({
    type: 'note',
    stageId: null,
    text: expect.stringMatching(/ENOSPC.*no more stages are started; what is done stays done$/),
  });
  expect(readStoreState(place.results).get('corpus-a')).toBe('done');
  const value = readFileSync(join(place.results, 'store', 'corpus-a', 'value.txt'));
  expect(readFileSync(join(place.results, 'store', 'corpus-a', 'done.json'), 'utf8')).toContain(
    createHash('sha256').update(value).digest('hex'),
  );

  execFileSync('mount', ['-o', 'remount,size=8m', place.results]);
  const again = await runSweep(place, stages, change);
  expect(again.summary.counts).toEqual({ ran: 2, cached: 1, failed: 0, diverged: 0, blocked: 0 });
});
