/**
 * Everything is killed with SIGKILL here, at points that differ from run to run; what must hold holds at every point.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readLiveLease } from '../../harness/store/index.ts';
import { livenessOf } from '../../harness/store/process-identity.ts';
import { auditLines, fakeExperiment, fakePlan, makePlace, removePlace, runSweep } from './fixtures/fake-plan.ts';
import type { FakeStage, Place } from './fixtures/fake-plan.ts';
import { startConductor } from './fixtures/start-conductor.ts';
import {
  commitStamps,
  doneTexts,
  journalOf,
  lastOutcomeOf,
  lossesOf,
  namesIn,
  stepsRecorded,
  until,
} from './fixtures/store-audit.ts';

const change: Partial<FakeStage> = { steps: 20, stepMs: 4 };
const trials = 3;
let calm: Place;
let place: Place;
beforeAll(async () => {
  calm = makePlace();
  await runSweep(calm, fakeExperiment(calm.audit, trials, change));
});
afterAll(() => removePlace(calm));
beforeEach(() => {
  place = makePlace();
});
afterEach(() => removePlace(place));

function expectSameAsCalm(): void {
  expect(doneTexts(place)).toEqual(doneTexts(calm));
  for (const id of doneTexts(calm).keys()) {
    expect(lossesOf(place, id)).toEqual(lossesOf(calm, id));
    expect(readFileSync(join(place.results, 'store', id, 'value.txt'))).toEqual(
      readFileSync(join(calm.results, 'store', id, 'value.txt')),
    );
    expect(lastOutcomeOf(place, id)).toEqual({ kind: 'completed' });
    // A kill between the commit and the tidying up leaves these two behind; nothing reads them again.
    const names = namesIn(join(place.results, 'store', id)).filter(
      (name) => name !== 'lease' && name !== 'resume-point.json',
    );
    expect(names).toEqual([
      'done.json',
      'journal.jsonl',
      'provenance.json',
      'seal.json',
      'stage.json',
      'task.json',
      'value.txt',
    ]);
  }
}

test('a worker killed at many points costs an attempt, never a result', async () => {
  let progress = 0;
  let kills = 0;
  const stamps = new Map<string, string>();
  const { summary } = await runSweep(place, fakeExperiment(place.audit, trials, change), {
    execution: { workers: 2, threads: 1, device: 'cpu', checkpointEverySeconds: 1, retries: { infrastructure: 100 } },
    onEvent: (event) => {
      for (const [id, stamp] of commitStamps(place)) expect(stamps.get(id) ?? stamp).toBe(stamp);
      for (const [id, stamp] of commitStamps(place)) stamps.set(id, stamp);
      if (event.type !== 'stage-progress' || kills >= 6 || (progress += 1) % (3 + (kills % 4)) !== 0) return;
      const lease = readLiveLease(place.results, event.stageId);
      if (lease === null) return;
      kills += 1;
      process.kill(lease.pid, 'SIGKILL');
    },
  });
  expect(kills).toBeGreaterThanOrEqual(4);
  expect(summary.failures).toEqual([]);
  expect(summary.counts).toEqual({ ran: 10, cached: 0, failed: 0, diverged: 0, blocked: 0 });
  expectSameAsCalm();
});

test('a worker that dies once is retried from its resume point; one that always dies fails, naming the signal', async () => {
  const plan = fakePlan(place.audit, [
    { name: 'once', behaviour: 'dies-once' },
    { name: 'always', behaviour: 'dies' },
  ]);
  const { summary, events } = await runSweep(place, plan);
  expect(summary.counts).toMatchObject({ ran: 1, failed: 1 });
  expect(summary.failures).toMatchObject([
    {
      stageId: 'pairs-always',
      errorClass: 'infrastructure',
      message: expect.stringMatching(/^the worker \(pid \d+\) was ended by SIGKILL$/),
    },
  ]);
  expect(
    events
      .filter((event) => event.type === 'note')
      .map((event) => event.stageId)
      .sort(),
  ).toEqual(['pairs-always', 'pairs-once']);
  // Death at step 4, resume points at every third step: the second attempt starts from 3.
  expect(journalOf(place, 'pairs-once').filter((event) => event.kind === 'attempt')).toMatchObject([
    { attempt: 1, resumedFromStep: null },
    { attempt: 2, resumedFromStep: 3 },
  ]);
  expect(
    journalOf(place, 'pairs-once')
      .filter((event) => event.kind === 'outcome')
      .map((event) => event.outcome.kind),
  ).toEqual(['failed', 'completed']);
});

test('a worker that dies between its task and its first write costs an attempt, too', async () => {
  const pids = new Map<number, number>();
  let kills = 0;
  const plan = fakePlan(
    place.audit,
    ['a', 'b', 'c', 'd'].map((name) => ({ name })),
  );
  const { summary } = await runSweep(place, plan, {
    onEvent: (event) => {
      if (event.type === 'stage-progress') {
        const lease = readLiveLease(place.results, event.stageId);
        if (lease !== null) pids.set(event.worker, lease.pid);
      }
      const pid = event.type === 'stage-started' ? pids.get(event.worker) : undefined;
      if (pid === undefined || kills > 0) return;
      // The event comes before the task is sent: the worker never gets to make the stage's folder.
      kills += 1;
      process.kill(pid, 'SIGKILL');
    },
  });
  expect(kills).toBe(1);
  expect(summary.failures).toEqual([]);
  expect(summary.counts).toMatchObject({ ran: 4, failed: 0 });
});

test('a conductor killed again and again: nothing done is done again, and the end is the undisturbed one', async () => {
  const stamps = new Map<string, string>();
  let [kills, isFinished] = [0, false];
  while (!isFinished) {
    const conductor = startConductor({ place, trials, change, workers: 2, limits: {} });
    // Killed inside a stage, at another point in each round; the fifth may finish.
    if (kills < 4) await conductor.progress(1 + kills);
    if (kills < 4) await sleep((kills * 17) % 40);
    if (kills < 4 && conductor.kill('SIGKILL')) kills += 1;
    const { exitCode } = await conductor.end;
    isFinished = exitCode !== null;
    if (isFinished) expect(exitCode).toBe(0);
    for (const [id, stamp] of commitStamps(place)) {
      expect(stamps.get(id) ?? stamp).toBe(stamp);
      stamps.set(id, stamp);
    }
  }
  const attempts = auditLines(place).filter((line) => line.startsWith('start')).length;
  console.log(`conductor killed ${kills} times; ${attempts} attempts for 10 stages`);
  expect(kills).toBeGreaterThanOrEqual(3);
  expect(attempts).toBeGreaterThan(10);
  expectSameAsCalm();
});

test('SIGTERM saves the running stages and exits 143; the next sweep continues from there', async () => {
  const slow = { steps: 60, stepMs: 10 };
  const conductor = startConductor({ place, trials: 1, change: slow, workers: 1, limits: {} });
  await until(() => stepsRecorded(place, 'corpus-corpus') >= 10);
  conductor.kill('SIGTERM');
  expect((await conductor.end).exitCode).toBe(143);
  expect(namesIn(join(place.results, 'store', 'corpus-corpus'))).toEqual([
    'journal.jsonl',
    'provenance.json',
    'resume-point.json',
    'stage.json',
    'task.json',
  ]);
  expect(lastOutcomeOf(place, 'corpus-corpus')).toEqual({ kind: 'interrupted' });
  expect(namesIn(place.results)).toEqual(['experiments', 'logs', 'store']);
  const { summary } = await runSweep(place, fakePlan(place.audit, [{ name: 'corpus', kind: 'corpus', ...slow }]));
  expect(summary.counts).toMatchObject({ ran: 1 });
  expect(
    journalOf(place, 'corpus-corpus').findLast((event) => event.kind === 'attempt')?.resumedFromStep,
  ).toBeGreaterThan(0);
  expect(lossesOf(place, 'corpus-corpus').map(([step]) => step)).toEqual(
    Array.from({ length: 60 }, (_, index) => index + 1),
  );
});

test('a second Ctrl-C does not wait for a stage that does not stop', async () => {
  const conductor = startConductor({ place, trials: 1, change: { behaviour: 'hangs-once' }, workers: 1, limits: {} });
  await until(() => stepsRecorded(place, 'corpus-corpus') === 4);
  conductor.kill('SIGINT');
  await sleep(700);
  const secondMs = performance.now();
  conductor.kill('SIGINT');
  expect((await conductor.end).exitCode).toBe(130);
  expect(performance.now() - secondMs).toBeLessThan(3_000);
  expect(doneTexts(place).size).toBe(0);
});

test.each(['hangs-once', 'blocks-once'] as const)(
  'a worker that %s is gone 2 s after its conductor was killed, and its stage is run by the next sweep',
  async (behaviour) => {
    const conductor = startConductor({ place, trials: 1, change: { behaviour }, workers: 1, limits: {} });
    await until(() => stepsRecorded(place, 'corpus-corpus') === 4);
    const worker = readLiveLease(place.results, 'corpus-corpus');
    conductor.kill('SIGKILL');
    await sleep(2_000);
    expect(worker === null ? null : livenessOf(worker)).toBe('dead');
    const { summary, events } = await runSweep(place, fakePlan(place.audit, [{ name: 'corpus', kind: 'corpus' }]));
    expect(summary.counts).toMatchObject({ ran: 1 });
    expect(events.filter((event) => event.type === 'note')).toEqual([]);
    expect(journalOf(place, 'corpus-corpus').findLast((event) => event.kind === 'attempt')).toMatchObject({
      attempt: 2,
      resumedFromStep: 3,
    });
  },
);

test('an orphan that does not leave is ended after its grace, and its stage is run by the new sweep', async () => {
  const conductor = startConductor({ place, trials: 1, change: { behaviour: 'hangs-once' }, workers: 1, limits: {} });
  await until(() => stepsRecorded(place, 'corpus-corpus') === 4);
  conductor.kill('SIGKILL');
  await conductor.end;
  const orphan = readLiveLease(place.results, 'corpus-corpus');
  expect(orphan).toMatchObject({ attempt: 1 });
  const { summary, events } = await runSweep(place, fakePlan(place.audit, [{ name: 'corpus', kind: 'corpus' }]), {
    limits: { orphanGraceMs: 300 },
  });
  expect(summary.counts).toMatchObject({ ran: 1 });
  expect(events).toContainEqual({
    type: 'note',
    stageId: 'corpus-corpus',
    text: `worker pid ${orphan?.pid} of an earlier sweep is still in it: waiting for it to leave`,
  });
  expect(orphan === null ? null : livenessOf(orphan)).toBe('dead');
  expect(journalOf(place, 'corpus-corpus').findLast((event) => event.kind === 'attempt')?.attempt).toBe(2);
});
