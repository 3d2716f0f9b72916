/** Whole sweeps by the launcher, with a stand-in for Slurm's commands whose jobs are processes of this machine. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakePlan, makePlace, removePlace, runSweep, type Place } from '../../run/fixtures/fake-plan.ts';
import { doneTexts, until } from '../../run/fixtures/store-audit.ts';
import { bySlurm } from './slurm-sweep.ts';

/** Each waits for a scheduler more than it computes. */
const isSlow = process.env['HARNESS_SLOW_TESTS'] === '1';
if (!isSlow)
  console.log('skipped: lost answers, a silent controller, jobs near their limit (HARNESS_SLOW_TESTS=1 runs them)');

let place: Place;
let standIn = '';
const before = { ...process.env };
beforeEach(() => {
  place = makePlace();
  standIn = path.join(place.root, 'stand-in');
  const bin = path.join(place.root, 'bin');
  for (const folder of [standIn, bin]) mkdirSync(folder);
  for (const name of ['sbatch', 'squeue', 'scancel', 'scontrol']) {
    copyFileSync(path.join(import.meta.dirname, 'stand-in.mjs'), path.join(bin, name));
    chmodSync(path.join(bin, name), 0o755);
  }
  writeFileSync(path.join(bin, 'package.json'), '{"type": "module"}');
  process.env['STAND_IN'] = standIn;
  process.env['PATH'] = `${bin}:${before['PATH']}`;
});
afterEach(() => {
  process.env['PATH'] = before['PATH'];
  delete process.env['STAND_IN'];
  removePlace(place);
});

const stages = (count: number, change = {}) =>
  fakePlan(
    place.audit,
    Array.from({ length: count }, (_, number) => ({ name: `s${number}`, ...change })),
  );
const calls = (name: string): readonly string[] =>
  readFileSync(path.join(standIn, 'calls.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${name} `));
const goesWrong = (trouble: object): void => writeFileSync(path.join(standIn, 'trouble.json'), JSON.stringify(trouble));
const notes = (events: readonly { readonly type: string; readonly text?: string }[]): string =>
  events.map(({ type, text = '' }) => (type === 'note' ? text : '')).join('\n');

test('stages that are ready together go out as arrays within the limit, and nothing is left of them', async () => {
  const { summary } = await runSweep(place, stages(4), bySlurm(4));
  expect(summary.failures).toEqual([]);
  expect(summary.counts).toMatchObject({ ran: 4 });
  // MaxArraySize 3: numbers 0 to 2.
  expect(calls('sbatch').filter((call) => call.includes('--parsable'))).toHaveLength(2);
  expect(readdirSync(path.join(place.results, 'jobs'))).toEqual([]);
  expect(readFileSync(path.join(place.results, 'logs', 'submissions.log'), 'utf8')).toMatch(
    /job 100: pairs-s0 pairs-s1/,
  );
});

test('a refusal fails the stages at once, with the words of sbatch', async () => {
  const say = 'sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified';
  goesWrong({ sbatch: [null, { exit: 1, say }] });
  const { summary } = await runSweep(place, stages(1), bySlurm(1));
  expect(summary.failures[0]).toMatchObject({ errorClass: 'user', message: `Slurm refused the job: ${say}` });
});

test.runIf(isSlow)('an answer without an id and without a job is a refusal, too', async () => {
  goesWrong({ sbatch: [null, { exit: 0, say: 'Your project has no hours left.' }] });
  const { summary } = await runSweep(place, stages(1), bySlurm(1));
  expect(summary.failures[0]?.message).toBe('Slurm refused the job: Your project has no hours left.');
});

test.runIf(isSlow)('a job that was taken although the answer was lost is not submitted again', async () => {
  goesWrong({ sbatch: [null, { exit: 1, say: 'sbatch: error: Socket timed out on send/recv operation', runs: true }] });
  const { summary } = await runSweep(place, stages(2), bySlurm(2));
  expect(summary.counts).toMatchObject({ ran: 2, failed: 0 });
  expect(calls('sbatch').filter((call) => call.includes('--parsable'))).toHaveLength(1);
});

test.runIf(isSlow)('a controller that does not answer is asked again, and told of once', async () => {
  const down = { exit: 1, say: 'sbatch: error: Unable to contact slurm controller (connect failure)' };
  goesWrong({ sbatch: [null, down, down], squeue: [down] });
  const { summary, events } = await runSweep(place, stages(1), bySlurm(1));
  expect(summary.counts).toMatchObject({ ran: 1, failed: 0 });
  expect(notes(events).match(/Slurm does not answer/g)).toHaveLength(1);
  expect(notes(events)).toContain('Slurm answers again');
});

test('a job that dies is an attempt that failed, and is tried again', async () => {
  const { summary, events } = await runSweep(place, stages(1, { behaviour: 'dies-once' }), bySlurm(1));
  expect(summary.counts).toMatchObject({ ran: 1, failed: 0 });
  expect(notes(events)).toMatch(/job 100_0 on here ended \(COMPLETED\), and the stage says nothing \(infrastructure\)/);
});

test('Ctrl-C asks jobs to save and leave, and the next sweep goes on from there', async () => {
  const stop = new AbortController();
  const plan = stages(1, { steps: 200, stepMs: 20 });
  const first = await runSweep(place, plan, {
    ...bySlurm(1),
    signal: stop.signal,
    onEvent: (event) => event.type === 'stage-progress' && stop.abort('SIGINT'),
  });
  expect(first.summary).toMatchObject({ interrupted: 'SIGINT', counts: { ran: 0, failed: 0 } });
  expect(calls('scancel')).toEqual(['scancel --signal=TERM --batch 100_0']);
  const second = await runSweep(place, plan, bySlurm(1));
  expect(second.summary.counts).toMatchObject({ ran: 1 });
  expect(readFileSync(place.audit, 'utf8').match(/^end /gm)).toHaveLength(1);
  expect(doneTexts(place).size).toBe(1);
});

test.runIf(isSlow)('a job that left near its limit is submitted again', async () => {
  const running = runSweep(place, stages(1, { steps: 150, stepMs: 20 }), bySlurm(1));
  await until(() => existsSync(place.audit));
  const { pid } = JSON.parse(readFileSync(path.join(standIn, 'job-100_0.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGTERM');
  const { summary, events } = await running;
  expect(summary.counts).toMatchObject({ ran: 1, failed: 0 });
  expect(notes(events)).toContain('left with its state saved: submitted again');
});
