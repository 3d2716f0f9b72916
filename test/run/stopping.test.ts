/** Signals before any stage runs; those that meet running stages are in kill.test.ts. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exitCodeOf } from '../../harness/run/index.ts';
import { isAnswered, listenForStop } from '../../harness/run/stop-signals.ts';
import { stopped, Stopping } from '../../harness/run/stopping.ts';
import { auditLines, fakePlan, makePlace, removePlace, runSweep, type Place } from './fixtures/fake-plan.ts';
import { namesIn } from './fixtures/store-audit.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => removePlace(place));

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)(
  '%s before the first stage is answered: nothing is started, and the exit code is %i',
  async (signal, code) => {
    const plan = fakePlan(place.audit, [{ name: 'a' }]);
    const { summary, events } = await runSweep(place, plan, { signal: AbortSignal.abort(signal) });
    expect(summary).toMatchObject({ interrupted: signal, wasKilled: false, notStarted: 1, counts: { ran: 0 } });
    expect(exitCodeOf(summary)).toBe(code);
    expect(events[0]).toEqual({
      type: 'note',
      stageId: null,
      text: 'stopping before anything was started; continue with: harness sweep fake.yaml',
    });
    expect(() => auditLines(place)).toThrow('ENOENT');
    expect(namesIn(place.results)).not.toContain('sweep.lease');
    expect(isAnswered()).toBe(false);
    expect((await runSweep(place, plan)).summary.counts.ran).toBe(1);
  },
);

test('what is waited for is left at the first signal; a conductor that comes later is told of it', async () => {
  const abort = new AbortController();
  const told: string[] = [];
  const stopping = new Stopping(abort.signal, 'harness sweep x', (text) => told.push(text));
  expect(isAnswered()).toBe(true);
  expect(await stopping.unlessStopped(Promise.resolve(5))).toBe(5);
  const never = stopping.unlessStopped(new Promise<number>(() => {}));
  abort.abort('SIGHUP');
  expect(await never).toBe(stopped);
  const stops: string[] = [];
  stopping.conduct({ stop: (signal) => stops.push(signal), kill: () => stops.push('kill') });
  expect(stops).toEqual(['SIGHUP']);
  expect(told).toHaveLength(1);
  stopping.end();
  expect(isAnswered()).toBe(false);
});

test('of the signals of a process, each is told by its name', () => {
  const told: string[] = [];
  const end = listenForStop(undefined, { onStop: (signal) => told.push(signal), onKill: () => told.push('kill') });
  process.emit('SIGHUP', 'SIGHUP');
  end();
  expect(told).toEqual(['SIGHUP']);
});
