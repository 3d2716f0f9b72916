/** How stages end beside completion: by the clock, by a person, by a signal that stops them; and what is said of it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitCodeOf, type SweepEvent, type SweepOptions } from '../../harness/run/index.ts';
import { StageWatch, type Sight } from '../../harness/run/stage-watch.ts';
import { readLiveLease, readStoreState, requestCancel } from '../../harness/store/index.ts';
import { auditLines, fakePlan, makePlace, removePlace, runSweep, type Place } from './fixtures/fake-plan.ts';
import { journalOf, lastOutcomeOf, namesIn, stepsRecorded } from './fixtures/store-audit.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => removePlace(place));

const execution = { workers: 2, threads: 1, device: 'cpu', checkpointEverySeconds: 1 } as const;
const limits = { lookEveryMs: 50, orphanGraceMs: 200 } as const;
const notesOf = (events: readonly SweepEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'note' ? [event.text.replaceAll(/pid \d+|CONT \d+/g, 'N')] : []));

test('a stage that takes too long is ended with what it saved, and the next sweep goes on from there', async () => {
  const slow = { name: 'slow', steps: 200, stepMs: 10 };
  const plan = fakePlan(place.audit, [slow, { name: 'after', inputs: ['slow'] }]);
  const timed = await runSweep(place, plan, { execution: { ...execution, stageTimeoutSeconds: 1 }, limits });
  expect(timed.summary.counts).toEqual({ ran: 0, cached: 0, failed: 1, diverged: 0, blocked: 1 });
  expect(timed.summary.failures).toMatchObject([
    {
      stageId: 'pairs-slow',
      errorClass: 'timeout',
      message: 'it ran for longer than 1.0 s (execution.stageTimeoutSeconds)',
      stageCommand: `harness stage run ${place.results}/store/pairs-slow`,
    },
  ]);
  expect(exitCodeOf(timed.summary)).toBe(4);
  expect(lastOutcomeOf(place, 'pairs-slow')).toMatchObject({ kind: 'failed', errorClass: 'timeout' });
  const saved = stepsRecorded(place, 'pairs-slow');
  const starts = (): number => auditLines(place).filter((line) => line === 'start pairs-slow').length;
  const before = starts();

  // What failed for another reason is left alone where only one class is asked for.
  const left = await runSweep(place, plan, { onlyFailed: 'oom' });
  expect(left.summary.counts).toEqual({ ran: 0, cached: 0, failed: 1, diverged: 0, blocked: 1 });
  expect(starts()).toBe(before);
  const again = await runSweep(place, plan, { onlyFailed: 'timeout' });
  expect(again.summary.counts).toMatchObject({ ran: 2 });
  const resumed = journalOf(place, 'pairs-slow').findLast((event) => event.kind === 'attempt')?.resumedFromStep ?? 0;
  expect(resumed).toBeGreaterThanOrEqual(saved - 3);
});

test('a stage that does nothing is told of, ended as stuck, and tried again', async () => {
  const plan = fakePlan(place.audit, [{ name: 'a', behaviour: 'blocks-once' }]);
  const { summary, events } = await runSweep(place, plan, {
    execution: { ...execution, stuckAfterSeconds: 3, retries: { stuck: 5 } }, // a slow start is one, too
    limits,
  });
  expect(summary.counts).toMatchObject({ ran: 1, failed: 0 });
  const stuck = 'it made no progress for 3.0 s (execution.stuckAfterSeconds)';
  const notes = notesOf(events);
  expect(notes).toContain(`${stuck} (stuck): trying again`);
  expect(notes[0]).toMatch(/^no step, metric or note for [12]\.\d s from the worker \(N\): it is ended after 3\.0 s$/);
  const ends = journalOf(place, 'pairs-a').filter((event) => event.kind === 'outcome');
  expect(ends[0]?.outcome).toMatchObject({ kind: 'failed', errorClass: 'stuck', message: stuck });
  expect(ends.at(-1)?.outcome).toEqual({ kind: 'completed' });
});

test('a stage that exhausts the memory holds half as much at once in every further attempt', async () => {
  const plan = fakePlan(place.audit, [{ name: 'a', behaviour: 'out-of-memory' }, { name: 'b' }]);
  const { summary } = await runSweep(place, plan, { execution: { ...execution, retries: { oom: 3 } } });
  expect(summary.counts).toMatchObject({ ran: 2, failed: 0 });
  expect(auditLines(place).filter((line) => line.startsWith('halvings'))).toEqual(
    [0, 1, 2].map((halvings) => `halvings ${halvings} pairs-a`),
  );
});

test('a stopped worker is told about, and how to let it go on', async () => {
  const plan = fakePlan(place.audit, [{ name: 'a', steps: 30, stepMs: 10 }]);
  let pid: number | null = null;
  const notes: string[] = [];
  const onEvent = (event: SweepEvent): void => {
    if (event.type === 'stage-progress' && pid === null) {
      pid = readLiveLease(place.results, event.stageId)?.pid ?? null;
      if (pid !== null) process.kill(pid, 'SIGSTOP');
    }
    if (event.type !== 'note' || pid === null) return;
    notes.push(event.text.replaceAll(String(pid), 'N'));
    process.kill(pid, 'SIGCONT');
  };
  const { summary } = await runSweep(place, plan, { limits, onEvent });
  expect(summary.counts).toMatchObject({ ran: 1 });
  expect(notes).toEqual([
    'the worker (pid N) was stopped and does nothing: `kill -CONT N` lets it go on',
    'the worker (pid N) goes on',
  ]);
});

test('what is cancelled is ended or not started, all else goes on, and the next sweep runs it', async () => {
  const plan = fakePlan(place.audit, [
    { name: 'long', kind: 'finetune', steps: 500, stepMs: 10 },
    { name: 'score-long', kind: 'evaluate', inputs: ['long'] },
    { name: 'fine', kind: 'finetune', steps: 60, stepMs: 10 },
    { name: 'score-fine', kind: 'evaluate', inputs: ['fine'] },
    { name: 'later', kind: 'finetune', inputs: ['fine'] },
    { name: 'score-later', kind: 'evaluate', inputs: ['later'] },
  ]);
  const options: Partial<SweepOptions> = { limits };
  let isAsked = false;
  const { summary } = await runSweep(place, plan, {
    ...options,
    onEvent: (event) => {
      if (isAsked || event.type !== 'stage-progress' || event.stageId !== 'finetune-long') return;
      isAsked = true;
      requestCancel(place.results, ['finetune-long', 'finetune-later', 'finetune-of-another-plan']);
    },
  });
  expect(summary).toMatchObject({
    counts: { ran: 2, cached: 0, failed: 0, diverged: 0, blocked: 2 },
    cancelled: 2,
    trials: { ran: 1, failed: 0, blocked: 0 },
    notFinishedTrials: 2,
    failures: [],
  });
  expect(exitCodeOf(summary)).toBe(1);
  expect(lastOutcomeOf(place, 'finetune-long')).toEqual({ kind: 'cancelled' });
  expect(readStoreState(place.results).get('finetune-long')).toBe('absent');
  expect(namesIn(place.results)).not.toContain('cancel');
  const saved = stepsRecorded(place, 'finetune-long');
  const quick = fakePlan(place.audit, [{ name: 'long', kind: 'finetune', steps: saved + 5, stepMs: 1 }]);
  expect((await runSweep(place, quick)).summary).toMatchObject({ counts: { ran: 1 }, cancelled: 0 });
});

test('a failure is told at once with all there is, once a cause', async () => {
  const plan = fakePlan(place.audit, [
    { name: 'a', behaviour: 'exits' },
    { name: 'b', behaviour: 'exits' },
    { name: 'c', behaviour: 'bug' },
  ]);
  const { events } = await runSweep(place, plan, { execution: { ...execution, workers: 1 } });
  const told = events.flatMap((event) => (event.type === 'stage-finished' ? [event.failure] : []));
  expect(told).toMatchObject(
    [
      {
        stageId: 'pairs-a',
        errorClass: 'bug',
        message: expect.stringMatching(/exited with code 7/),
        lastLines: ['last words'],
        log: expect.stringMatching(/worker-1\.log$/),
        stageCommand: `harness stage run ${place.results}/store/pairs-a`,
      },
      undefined,
      { stageId: 'pairs-c', message: 'undefined is not a tensor' },
    ].map((one) => (one === undefined ? undefined : expect.objectContaining(one))),
  );
});

describe('a watch', () => {
  const sight = (journalBytes: number, liveness: Sight['liveness'] = 'alive'): Sight => ({
    pid: 7,
    liveness,
    journalBytes,
  });
  const watching = (limit: Partial<ConstructorParameters<typeof StageWatch>[0]>) => {
    const told: string[] = [];
    const watch = new StageWatch({ timeoutMs: null, stuckAfterMs: null, silentMs: 600_000, ...limit }, (text) =>
      told.push(text),
    );
    return { watch, told };
  };

  test('takes any growth of the journal for progress, and tells of silence each time it has doubled', () => {
    const { watch, told } = watching({});
    for (let minute = 0; minute < 30; minute += 1) expect(watch.look(sight(minute), 60_000)).toBeNull();
    expect(told).toEqual([]);
    for (let minute = 1; minute <= 45; minute += 1) watch.look(sight(29), 60_000);
    expect(told).toEqual(
      ['10 min', '20 min', '40 min'].map(
        (time) =>
          `no step, metric or note for ${time} from the worker (pid 7): ` +
          'it is waited for (execution.stuckAfterSeconds would end it)',
      ),
    );
  });

  test('ends what is stuck and what takes too long, stopped or not', () => {
    const stuck = watching({ stuckAfterMs: 5_000 });
    stuck.watch.look(sight(1), 1_000);
    for (let look = 1; look < 5; look += 1) expect(stuck.watch.look(sight(1, 'stopped'), 1_000)).toBeNull();
    expect(stuck.watch.look(sight(1, 'stopped'), 1_000)).toMatchObject({ errorClass: 'stuck' });
    const long = watching({ timeoutMs: 3_000 });
    for (let look = 1; look < 3; look += 1) expect(long.watch.look(sight(look), 1_000)).toBeNull();
    expect(long.watch.look(sight(3), 1_000)).toMatchObject({ errorClass: 'timeout' });
  });
});
