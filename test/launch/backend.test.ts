/**
 * A backend that is a program of its own, in whole sweeps: real processes, and nothing told but by the stage folder.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { native, type Backend } from '../../harness/backends/index.ts';
import { exitCodeOf, type SweepOptions } from '../../harness/run/index.ts';
import { auditLines, fakePlan, makePlace, removePlace, runSweep } from '../run/fixtures/fake-plan.ts';
import type { FakeStage, Place } from '../run/fixtures/fake-plan.ts';
import { doneTexts, journalOf, lastOutcomeOf, until } from '../run/fixtures/store-audit.ts';
import { programArguments } from '../programs/test-program.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => removePlace(place));

const program = fileURLToPath(new URL('fixtures/carry-out.ts', import.meta.url));
/** Serves finetuning, and nothing else. */
const other: Backend = {
  name: 'other',
  numerics: null,
  serves: (kind) => kind === 'finetune',
  command: ({ folder }) => [process.execPath, ...programArguments(program), folder],
};
const chosen = (backend: Backend, change: Partial<SweepOptions> = {}): Partial<SweepOptions> => ({
  backend: backend.name,
  backends: [native, backend],
  execution: { workers: 1, threads: 1, device: 'cpu', checkpointEverySeconds: 1 },
  ...change,
});
/** A corpus of ours, a finetuning of the backend's, and an evaluation of ours behind it. */
const chain = (finetune: Partial<FakeStage> = {}) =>
  fakePlan(place.audit, [
    { name: 'c', kind: 'corpus' },
    { name: 'f', kind: 'finetune', inputs: ['c'], ...finetune },
    { name: 'e', kind: 'evaluate', inputs: ['f'] },
  ]);
const logText = (): string => readFileSync(join(place.results, 'logs', 'worker-1.log'), 'utf8');

test('the backend carries out the stages that it serves, and the same bytes are committed', async () => {
  // Its journal tells of progress every two seconds.
  const { summary, events } = await runSweep(place, chain({ steps: 130, stepMs: 20 }), chosen(other));
  expect(summary.counts).toMatchObject({ ran: 3, failed: 0 });
  const program = [...logText().matchAll(/^--- \S+ (\S+) attempt 1 \((backend other|worker pid \d+)\)/gm)];
  expect(program.map(([, stage, who]) => [stage, who?.replace(/ pid.*/, '')])).toEqual([
    ['corpus-c', 'worker'],
    ['finetune-f', 'backend other'],
    ['evaluate-e', 'worker'],
  ]);
  // In a folder of its own inside the stage's.
  expect(logText()).toContain(`carrying out ${join(place.results, 'store', 'finetune-f', 'lease')}`);
  // What it did is read off its journal, while it runs.
  const progress = events.filter((event) => event.type === 'stage-progress' && event.stageId === 'finetune-f');
  expect(progress.length).toBeGreaterThan(1);
  for (const event of progress) expect(event).toMatchObject({ steps: 130, worker: 1 });

  const ours = { ...place, results: join(place.root, 'ours') };
  await runSweep(ours, chain({ steps: 130 }));
  const outputs = (at: Place): readonly unknown[] =>
    [...doneTexts(at).values()].map((text) => (JSON.parse(text) as { outputs: unknown }).outputs);
  expect(outputs(ours)).toEqual(outputs(place));
});

test('a backend that is registered but not chosen carries out nothing', async () => {
  await runSweep(place, chain(), { ...chosen(other), backend: 'native' });
  expect(logText()).not.toContain('backend other');
});

test.each([
  ['user-error', 'user', 'datasets/x.jsonl:3: no field "chosen"'],
  ['bug', 'bug', 'undefined is not a tensor'],
] as const)(
  'a stage that fails with exit code 1 (%s) is told with the reason in its journal',
  async (behaviour, errorClass, message) => {
    const { summary } = await runSweep(place, chain({ behaviour }), chosen(other));
    expect(summary.counts).toEqual({ ran: 1, cached: 0, failed: 1, diverged: 0, blocked: 1 });
    expect(exitCodeOf(summary)).toBe(1);
    expect(summary.failures).toMatchObject([
      { stageId: 'finetune-f', errorClass, message, lastLines: [expect.stringContaining('carrying out')] },
    ]);
    expect(lastOutcomeOf(place, 'finetune-f')).toMatchObject({ kind: 'failed', errorClass, message });
  },
);

test('one that diverges is committed as diverged', async () => {
  const { summary } = await runSweep(place, chain({ behaviour: 'diverges' }), chosen(other));
  expect(summary.counts).toMatchObject({ ran: 1, failed: 0, diverged: 1, blocked: 1 });
});

test('one that is killed goes on from its resume point, and fails as infrastructure the second time', async () => {
  const once = await runSweep(place, chain({ behaviour: 'dies-once' }), chosen(other));
  expect(once.summary.counts).toMatchObject({ ran: 3, failed: 0 });
  expect(journalOf(place, 'finetune-f').filter((event) => event.kind === 'attempt')).toMatchObject([
    { attempt: 1, resumedFromStep: null },
    { attempt: 2, resumedFromStep: 3 },
  ]);

  removePlace(place);
  place = makePlace();
  const always = await runSweep(place, chain({ behaviour: 'dies' }), chosen(other));
  expect(always.summary.failures).toMatchObject([
    { errorClass: 'infrastructure', message: expect.stringMatching(/^the worker \(pid \d+\) was ended by SIGKILL$/) },
  ]);
});

test('one that leaves without a word fails with its exit code and its last lines', async () => {
  const { summary } = await runSweep(place, chain({ behaviour: 'exits' }), chosen(other));
  expect(summary.failures).toMatchObject([
    {
      errorClass: 'bug',
      message: expect.stringMatching(/exited with code 7 in the middle of the stage$/),
      lastLines: expect.arrayContaining(['last words']),
    },
  ]);
});

test('a program that is not there fails the stage, with its name in the last lines', async () => {
  const gone: Backend = { ...other, command: () => [join(place.root, 'no-such-program')] };
  const { summary } = await runSweep(place, chain(), chosen(gone));
  expect(summary.counts).toMatchObject({ ran: 1, failed: 1, blocked: 1 });
  expect(summary.failures).toMatchObject([
    {
      errorClass: 'infrastructure',
      message: 'the worker could not be started',
      lastLines: expect.arrayContaining([expect.stringMatching(/no-such-program ENOENT$/)]),
    },
  ]);
});

/** Those of the folder that its program works in, too. */
function filesOf(stage: string): readonly string[] {
  try {
    return readdirSync(join(place.results, 'store', stage), { recursive: true, encoding: 'utf8' });
  } catch {
    return []; // not there yet, or changed meanwhile
  }
}

test('told to stop, it saves, and the next sweep goes on from there', async () => {
  const stop = new AbortController();
  const running = runSweep(place, chain({ steps: 300, stepMs: 20 }), chosen(other, { signal: stop.signal }));
  await until(() => filesOf('finetune-f').some((name) => name.endsWith('resume-point.json')));
  stop.abort('SIGTERM');
  const { summary } = await running;
  expect(exitCodeOf(summary)).toBe(143);
  expect(summary.counts).toMatchObject({ ran: 1, failed: 0 });
  expect(auditLines(place)).toContain('interrupted finetune-f');
  const rest = await runSweep(place, chain({ steps: 300 }), chosen(other));
  expect(rest.summary.counts).toMatchObject({ ran: 2, cached: 1, failed: 0 });
  const resumed = journalOf(place, 'finetune-f').findLast((event) => event.kind === 'attempt');
  expect(resumed).toMatchObject({ attempt: 2, resumedFromStep: expect.any(Number) });
});

test('killed with the sweep, it leaves nothing that counts', async () => {
  const stop = new AbortController();
  const running = runSweep(place, chain({ behaviour: 'hangs-once' }), {
    ...chosen(other, { signal: stop.signal, limits: { stopGraceMs: 200 } }),
  });
  await until(() => existsSync(`${place.audit}.finetune-f.once`));
  stop.abort('SIGINT');
  const { summary } = await running;
  expect(exitCodeOf(summary)).toBe(130);
  expect([...doneTexts(place).keys()]).toEqual(['corpus-c']);
  expect((await runSweep(place, chain({ behaviour: 'hangs-once' }), chosen(other))).summary.counts).toMatchObject({
    ran: 2,
    cached: 1,
  });
});

test('an input that is not what was committed is made again before the backend reads it', async () => {
  await runSweep(place, fakePlan(place.audit, [{ name: 'c', kind: 'corpus' }]));
  const file = join(place.results, 'store', 'corpus-c', 'value.txt');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(/^./, (first) => (first === '7' ? '8' : '7')),
  );
  const { summary } = await runSweep(place, chain(), chosen(other));
  expect(summary.counts).toMatchObject({ ran: 3, failed: 0 });
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(auditLines(place).filter((line) => line === 'start finetune-f')).toHaveLength(1);
});
