/** What a sweep refuses before it starts, and what a disk that fills up under it does. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exitCodeOf } from '../../harness/run/index.ts';
import { readStoreState, readSweepLock } from '../../harness/store/index.ts';
import { livenessOf, processStartTime, thisProcess } from '../../harness/store/process-identity.ts';
import { acquireSweepLock, claimFile, removeDeadLock } from '../../harness/store/sweep-lock.ts';
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
  expect(readSweepLock(place.results)).toMatchObject({ pid: process.pid, experiment: 'fake' });
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
  expect(readSweepLock(place.results)).toBeNull();
});

test('a lock of a dead sweep, reused pid, broken file or silent host is taken over; of a live host not', () => {
  mkdirSync(place.results);
  const file = join(place.results, 'sweep.lock');
  const me = thisProcess();
  const told = { experiment: 'old', startedAt: '2026-01-01T00:00:00.000Z' };
  const gone = { ...me, pid: 2 ** 22 - 3, ...told }; // above every pid_max that a small machine has
  const reused = { ...me, processStartTime: 'boot:1', ...told };
  for (const text of [JSON.stringify(gone), JSON.stringify(reused), '', '{"pid": 1']) {
    writeFileSync(file, text);
    expect(readSweepLock(place.results)).toBeNull();
    const release = acquireSweepLock(place.results, 'new');
    expect(readSweepLock(place.results)).toMatchObject({ experiment: 'new', pid: process.pid });
    release();
    expect(readdirSync(place.results)).toEqual([]);
  }
  writeFileSync(file, JSON.stringify({ ...gone, host: `not-${hostname()}` }));
  expect(() => acquireSweepLock(place.results, 'new')).toThrow(`on host not-${hostname()}`);
  utimesSync(file, new Date(), new Date(Date.now() - 600_000));
  acquireSweepLock(place.results, 'new')();
});

test('of many processes that meet over one dead lock exactly one gets it', async () => {
  mkdirSync(place.results);
  writeFileSync(
    join(place.results, 'sweep.lock'),
    JSON.stringify({ ...thisProcess(), processStartTime: 'boot:1', experiment: 'old', startedAt: '' }),
  );
  const script = `const { acquireSweepLock } = await import(${JSON.stringify(new URL('../../harness/store/sweep-lock.ts', import.meta.url).href)});
    while (Date.now() < Number(process.argv[1])) { /* start together */ }
    try { acquireSweepLock(${JSON.stringify(place.results)}, 'race'); console.log('got it'); setInterval(() => {}, 1000); } catch { console.log('refused'); }`;
  const startMs = Date.now() + 1_500;
  // Whoever got it holds it until all have answered: one that a busy machine starts late must meet a live holder.
  const children: ChildProcess[] = [];
  const said = await Promise.all(
    Array.from(
      { length: 4 },
      () =>
        new Promise<string>((resolve) => {
          const child = spawn(
            process.execPath,
            ['--import', 'tsx', '--input-type=module', '-e', script, String(startMs)],
            { stdio: ['ignore', 'pipe', 'inherit'] },
          );
          children.push(child);
          child.stdout.on('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
          child.on('exit', () => resolve('silent'));
        }),
    ),
  );
  for (const child of children) child.kill('SIGKILL');
  expect(said.sort()).toEqual(['got it', 'refused', 'refused', 'refused']);
});

test('who comes late to a dead lock leaves the fresh one in its place untouched', () => {
  mkdirSync(place.results);
  const file = join(place.results, 'sweep.lock');
  const release = acquireSweepLock(place.results, 'fresh');
  const before = statSync(file, { bigint: true });
  removeDeadLock(file, 'what stood there before', JSON.stringify(thisProcess()));
  // Moving it aside and back would change this, and another start could slip in between.
  expect(statSync(file, { bigint: true })).toMatchObject({ ino: before.ino, ctimeNs: before.ctimeNs });
  release();
  expect(readdirSync(place.results)).toEqual([]);
});

test('a dead lock is taken over though the process that was removing it was killed, twice over', () => {
  mkdirSync(place.results);
  const dead = JSON.stringify({ ...thisProcess(), processStartTime: 'boot:1', experiment: 'old', startedAt: '' });
  const file = join(place.results, 'sweep.lock');
  const claim = claimFile(file, dead);
  for (const one of [file, claim, claimFile(claim, dead)]) writeFileSync(one, dead);
  const release = acquireSweepLock(place.results, 'new');
  expect(readdirSync(place.results)).toEqual(['sweep.lock']);
  release();
});

test('a process that nobody has reaped is dead, a stranger with the same pid is somebody else', async () => {
  const holder = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 20'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const zombie = Number(
    await new Promise<string>((resolve) => holder.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(() => process.kill(zombie, 0)).not.toThrow(); // for kill(2) it is there
  expect(processStartTime(zombie)).toBeNull();
  expect(livenessOf({ ...thisProcess(), pid: holder.pid ?? 0 })).toBe('dead');
  expect(livenessOf(thisProcess())).toBe('alive');
  holder.kill('SIGKILL');
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
