/** Two conductors on one results folder: in one process table or two, on two hosts, and after one was stopped. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSweepLease } from '../../harness/store/index.ts';
import { removePlace, makePlace, type FakeStage, type Place } from './fixtures/fake-plan.ts';
import { startConductor, type RunningConductor } from './fixtures/start-conductor.ts';
import { commitStamps, doneTexts, lastOutcomeOf, namesIn, stepsRecorded, until } from './fixtures/store-audit.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => removePlace(place));

/** A PID namespace of its own: neither sees the processes of the other, and both may have the same pids. */
const ownNamespace = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];

/** A host of its own, as far as a process can tell: name, network and processes. The folder is what they share. */
const ownHost = (name: string): readonly string[] =>
  ['unshare', '--pid', '--net', '--uts', '--fork', '--mount-proc', '--kill-child'].concat([
    'sh',
    '-c',
    'echo "$0" > /proc/sys/kernel/hostname && exec "$@"',
    name,
  ]);

function canUnshare(): boolean {
  try {
    for (const [file = '', ...args] of [ownNamespace, ownHost('other')])
      execFileSync(file, [...args, 'true'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    console.log(
      `skipped: no namespace of processes, network and host name can be made here (${String(error).split('\n')[0]})`,
    );
    return false;
  }
}

/** Each waits for a lease to be lost, more than it computes. */
const isSlow = process.env['HARNESS_SLOW_TESTS'] === '1';
if (!isSlow)
  console.log('skipped: a stopped sweep in another PID namespace, and in view (HARNESS_SLOW_TESTS=1 runs them)');

const steps = 40;
/** Long enough for another sweep to meet it. */
const start = (before: readonly string[]): RunningConductor => startWith({ steps, stepMs: 20 }, before, 30_000);
const startQuick = (before: readonly string[]): RunningConductor => startWith({ steps }, before, 1_500);

const startWith = (change: Partial<FakeStage>, before: readonly string[], leaseLostMs: number): RunningConductor =>
  startConductor({ place, trials: 1, change, workers: 1, limits: { leaseLostMs } }, before);

test.each([
  ['in two PID namespaces', ownNamespace, ownNamespace, '\\S+'],
  ['on two hosts', ownHost('left'), ownHost('right'), 'left'],
])(
  'of two sweeps %s the second is refused in one line, and the first is not disturbed',
  async (_, before, beforeSecond, host) => {
    if (!canUnshare()) return;
    const first = start(before);
    // While the first one starts its worker the second one starts itself, however busy the machine is.
    await until(() => readSweepLease(place.results) !== null);
    const second = await start(beforeSecond).end;
    expect(second.exitCode).toBe(3);
    const refusal = `^another sweep \\(pid \\d+ on host ${host}, experiment fake, since \\S+\\) is using \\S+\n$`;
    expect(second.stderr).toMatch(new RegExp(refusal));
    expect((await first.end).exitCode).toBe(0);
    expect(doneTexts(place).size).toBe(6);
  },
);

const takers: readonly (readonly [string, readonly string[]])[] = [
  ['on another host', ownHost('other')],
  ['in its own PID namespace', ownNamespace],
  ['that can see it', []],
];
test.each(isSlow ? takers : takers.slice(0, 1))(
  'a stopped sweep is taken over by one %s, changes nothing when it goes on, and says so in one line',
  async (_, before) => {
    if (before.length > 0 && !canUnshare()) return;
    const first = start([]);
    await until(() => stepsRecorded(place, 'corpus-corpus') >= 5);
    const worker = Number(execFileSync('pgrep', ['-P', String(first.pid), '-f', 'worker-entry'], { encoding: 'utf8' }));
    for (const pid of [first.pid, worker]) process.kill(pid, 'SIGSTOP');

    const second = await startQuick(before).end;
    expect(second.stderr).toBe('');
    expect(second.exitCode).toBe(0);
    const [stamps, journal] = [commitStamps(place), readFileSync(`${place.results}/store/corpus-corpus/journal.jsonl`)];
    expect(stamps.size).toBe(6);

    for (const pid of [worker, first.pid]) process.kill(pid, 'SIGCONT');
    const end = await first.end;
    expect(end.exitCode).toBe(4);
    expect(end.stderr).toMatch(/^another sweep has taken over \S+: this one gave no sign of life and has stopped\n$/);
    expect(commitStamps(place)).toEqual(stamps);
    expect(readFileSync(`${place.results}/store/corpus-corpus/journal.jsonl`)).toEqual(journal);
    for (const id of stamps.keys()) {
      expect(lastOutcomeOf(place, id)).toEqual({ kind: 'completed' });
      expect(namesIn(`${place.results}/store/${id}`)).not.toContain('failed.json');
    }
    expect(namesIn(place.results)).toEqual(['.checked', 'experiments', 'logs', 'store']);
  },
);
