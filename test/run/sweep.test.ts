import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { executionOrder } from '../../harness/plan/index.ts';
import { exitCodeOf } from '../../harness/run/index.ts';
import { readStoreState } from '../../harness/store/index.ts';
import { auditLines, fakeExperiment, fakePlan, makePlace, removePlace, runSweep } from './fixtures/fake-plan.ts';
import type { FakeStage, Place } from './fixtures/fake-plan.ts';
import { commitStamps, doneTexts, journalOf, lastOutcomeOf, namesIn } from './fixtures/store-audit.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => removePlace(place));

const good = { failed: 0, diverged: 0, blocked: 0 };

test('a sweep runs every stage once and collects as it goes; the same sweep again runs none', async () => {
  const plan = fakeExperiment(place.audit, 3);
  const calls: string[] = [];
  const first = await runSweep(place, plan, {
    limits: { collectEveryMs: 100 },
    collect: async () => {
      calls.push('collect');
    },
    onTrialsChanged: async () => {
      calls.push('changed');
    },
  });
  expect(first.summary.counts).toEqual({ ran: 10, cached: 0, ...good });
  expect(first.summary.trials).toEqual({ ran: 3, cached: 0, ...good });
  expect(exitCodeOf(first.summary)).toBe(0);
  expect(
    auditLines(place)
      .filter((line) => line.startsWith('start'))
      .sort(),
  ).toEqual(plan.stages.map((stage) => `start ${stage.id}`).sort());
  // A collect comes before each word of new trials, and a last one at the end.
  expect(calls.filter((call) => call === 'changed').length).toBeGreaterThan(0);
  expect(calls.every((call, index) => call === 'collect' || calls[index - 1] === 'collect')).toBe(true);
  // 10 stages with 2 workers: at most 2 worker processes were ever started, so workers were reused.
  expect(namesIn(join(place.results, 'logs'))).toEqual(['worker-1.log', 'worker-2.log']);
  expect(
    new Set(
      [...readFileSync(join(place.results, 'logs', 'worker-1.log'), 'utf8').matchAll(/worker pid (\d+)/g)].map(
        (match) => match[1],
      ),
    ).size,
  ).toBe(1);
  expect(namesIn(place.results)).toEqual(['.checked', 'experiments', 'logs', 'store']); // lease and probe are gone
  // The resume points of done stages are gone as well.
  expect(namesIn(join(place.results, 'store', 'finetune-tune0'))).toEqual([
    'done.json',
    'journal.jsonl',
    'provenance.json',
    'seal.json',
    'stage.json',
    'task.json',
    'value.txt',
  ]);

  const planOnRecord = join(place.results, 'experiments', 'fake', 'plan.json');
  const written = statSync(planOnRecord).mtimeMs;
  const [stamps, audit] = [commitStamps(place), auditLines(place)];
  const second = await runSweep(place, plan);
  expect(second.summary.counts).toEqual({ ran: 0, cached: 10, ...good });
  expect(second.summary.trials).toEqual({ ran: 0, cached: 3, ...good });
  expect(second.collects).toBe(1);
  expect([commitStamps(place), auditLines(place)]).toEqual([stamps, audit]);
  expect(statSync(planOnRecord).mtimeMs).toBe(written);

  const wider = await runSweep(place, fakeExperiment(place.audit, 4));
  expect(wider.summary.counts).toEqual({ ran: 2, cached: 10, ...good });
  expect(statSync(planOnRecord).mtimeMs).toBeGreaterThan(written);
});

test('one worker takes the stages in execution order, which is not the order of the plan', async () => {
  const plan = fakePlan(place.audit, [
    { name: 'corpus', kind: 'corpus' },
    { name: 'spare', kind: 'pairs' },
    { name: 'score', kind: 'evaluate', inputs: ['corpus'] },
  ]);
  await runSweep(place, plan, {
    execution: { workers: 1, threads: 1, device: 'cpu', checkpointEverySeconds: 1 },
  });
  const started = auditLines(place).filter((line) => line.startsWith('start'));
  expect(started).toEqual(['start corpus-corpus', 'start evaluate-score', 'start pairs-spare']);
  expect(started).toEqual(executionOrder(plan).map(({ id }) => `start ${id}`));
});

test('what is written beside a stage names its config, its origin and the hash of every output', async () => {
  const plan = fakePlan(place.audit, [
    { name: 'a', kind: 'corpus' },
    { name: 'b', kind: 'evaluate', inputs: ['a'] },
  ]);
  await runSweep(place, plan);
  const read = (name: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(place.results, 'store', 'evaluate-b', name), 'utf8')) as Record<string, unknown>;
  const stage = plan.stages[1];
  expect(read('stage.json')).toEqual({
    stageVersion: 1,
    id: 'evaluate-b',
    kind: 'evaluate',
    fingerprint: stage?.fingerprint,
    config: stage?.config,
    inputs: { 'input-0': 'corpus-a' },
  });
  const sha256 = execFileSync('sha256sum', [join(place.results, 'store', 'evaluate-b', 'value.txt')], {
    encoding: 'utf8',
  }).slice(0, 64);
  const bytes = readFileSync(join(place.results, 'store', 'evaluate-b', 'value.txt')).length;
  expect(read('done.json')).toEqual({
    doneVersion: 2,
    id: 'evaluate-b',
    outcome: { kind: 'completed' },
    outputs: [{ file: 'value.txt', bytes, sha256 }],
  });
  expect(read('provenance.json')).toMatchObject({
    provenanceVersion: 1,
    node: process.version,
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    packageVersion: (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version,
  });
  expect(JSON.stringify(read('provenance.json'))).not.toContain(process.env['PATH'] ?? 'no PATH');
  const planJson = JSON.parse(readFileSync(join(place.results, 'experiments', 'fake', 'plan.json'), 'utf8')) as unknown;
  expect(planJson).toMatchObject({
    planVersion: 2,
    experiment: 'fake',
    question: 'Does it come to an end?',
    specText: 'name: fake\n',
    command: 'harness sweep fake.yaml',
    excluded: [],
    duplicates: 0,
    trials: [{ id: 'evaluate-b' }],
    stages: [
      { id: 'corpus-a', kind: 'corpus' },
      { id: 'evaluate-b', kind: 'evaluate' },
    ],
  });
  const [attempt, ...rest] = journalOf(place, 'corpus-a');
  expect(attempt).toMatchObject({ kind: 'attempt', attempt: 1, resumedFromStep: null });
  expect(rest.filter((event) => event.kind === 'metric').map((event) => event.step)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(rest.at(-1)).toMatchObject({ kind: 'outcome', outcome: { kind: 'completed' } });
});

test('each way to fail is told apart, blocks only what depends on it, and is tried again next time', async () => {
  const ways = [
    'bug',
    'user-error',
    'infrastructure-error',
    'stray-error',
    'exits',
    'names-missing-output',
    'diverges',
  ] as const;
  const plan = fakePlan(place.audit, [
    { name: 'root', kind: 'corpus' },
    ...ways.flatMap((behaviour): readonly FakeStage[] => [
      { name: behaviour, kind: 'pretrain', inputs: ['root'], behaviour },
      { name: `tune-${behaviour}`, kind: 'finetune', inputs: [behaviour] },
      { name: `score-${behaviour}`, kind: 'evaluate', inputs: [`tune-${behaviour}`] },
    ]),
    { name: 'fine', kind: 'pretrain', inputs: ['root'] },
    { name: 'score-fine', kind: 'evaluate', inputs: ['fine'] },
  ]);
  const { summary } = await runSweep(place, plan);
  expect(summary.counts).toEqual({ ran: 3, cached: 0, failed: 6, diverged: 1, blocked: 14 });
  // What failed are foundations of these trials: they are blocked, as the database says too.
  expect(summary.trials).toEqual({ ran: 1, cached: 0, failed: 0, diverged: 1, blocked: 6 });
  expect(exitCodeOf(summary)).toBe(1);
  const told = Object.fromEntries(
    summary.failures.map((failure) => [failure.stageId.slice('pretrain-'.length), failure]),
  );
  expect(
    Object.fromEntries(
      Object.entries(told).map(([name, failure]) => [
        name,
        [failure.errorClass, failure.message.replace(/pid \d+/, 'pid N').replace(/'[^']+'/, 'PATH'), failure.hint],
      ]),
    ),
  ).toEqual({
    bug: ['bug', 'undefined is not a tensor', null],
    'user-error': ['user', 'datasets/x.jsonl:3: no field "chosen"', 'Repair line 3.'],
    'infrastructure-error': ['infrastructure', 'download failed', 'Try again.'],
    'stray-error': ['bug', 'thrown from a timer', null],
    exits: ['bug', 'the worker (pid N) exited with code 7 in the middle of the stage', 'See the log.'],
    'names-missing-output': ['bug', 'ENOENT: no such file or directory, open PATH', null],
  });
  expect(told['exits']).toMatchObject({
    lastLines: ['last words'],
    kind: 'pretrain',
    command: 'harness sweep fake.yaml',
  });
  const starts = (name: string): number => auditLines(place).filter((line) => line === `start pretrain-${name}`).length;
  expect(ways.map((way) => [way, starts(way)])).toEqual([
    ['bug', 1],
    ['user-error', 1],
    ['infrastructure-error', 2],
    ['stray-error', 1],
    ['exits', 1],
    ['names-missing-output', 1],
    ['diverges', 1],
  ]);
  expect(lastOutcomeOf(place, 'pretrain-exits')).toMatchObject({ kind: 'failed', errorClass: 'bug' });

  const states = readStoreState(place.results);
  expect(states.get('pretrain-diverges')).toEqual({ diverged: { step: 6, reason: 'loss is not finite' } });
  expect(states.get('pretrain-infrastructure-error')).toMatchObject({
    failed: { attempt: 2, outcome: { message: 'download failed' } },
  });
  expect(states.get('finetune-tune-bug')).toBeUndefined();
  expect(readStoreState(place.results, ['finetune-tune-bug']).get('finetune-tune-bug')).toBe('absent');

  const again = await runSweep(place, {
    ...plan,
    stages: plan.stages.map(
      (stage) => ({ ...stage, config: { ...stage.config, behaviour: 'good' } }) as unknown as typeof stage,
    ),
  });
  expect(again.summary.counts).toEqual({ ran: 18, cached: 3, failed: 0, diverged: 1, blocked: 2 });
  expect(exitCodeOf(again.summary)).toBe(1); // the diverged trial is still a result that needs to be seen
  expect(starts('diverges')).toBe(1);
  expect(namesIn(join(place.results, 'store', 'pretrain-bug'))).not.toContain('failed.json');
});

test('a failing collect is reported and stops nothing; fail-fast starts nothing more', async () => {
  const plan = fakePlan(place.audit, [
    { name: 'a', behaviour: 'bug', kind: 'corpus' },
    { name: 'b', kind: 'corpus' },
    { name: 'c', kind: 'corpus' },
  ]);
  const execution = { workers: 1, threads: 1, device: 'cpu', checkpointEverySeconds: 1 } as const;
  const { summary, events } = await runSweep(place, plan, {
    failFast: true,
    execution,
    collect: () => Promise.reject(new Error('database is locked')),
  });
  expect(summary).toMatchObject({ counts: { ran: 0, failed: 1 }, notStarted: 2, stoppedBecause: 'fail-fast' });
  expect(events.filter((event) => event.type === 'collect-failed')).toEqual([
    { type: 'collect-failed', message: 'database is locked' },
  ]);
  const rest = await runSweep(place, plan, { execution });
  expect(rest.summary.counts).toMatchObject({ ran: 2, failed: 1 });
});

test('the conductor adds little to a stage, and a finished sweep of 800 stages returns at once', async () => {
  const empty = fakePlan(
    place.audit,
    Array.from({ length: 100 }, (_, n) => ({ name: `s${n}`, steps: 0 })),
  );
  const startedMs = performance.now();
  const { events } = await runSweep(place, empty, {
    execution: { workers: 1, threads: 1, device: 'cpu', checkpointEverySeconds: 1 },
  });
  const perStageMs = (performance.now() - startedMs) / 100;
  const durations = events
    .flatMap((event) => (event.type === 'stage-finished' ? [event.durationMs] : []))
    .sort((a, b) => a - b);
  console.log(
    `100 empty stages, 1 worker: ${perStageMs.toFixed(1)} ms a stage with everything, ` +
      `median ${durations[50]?.toFixed(1)} ms`,
  );
  expect(perStageMs).toBeLessThan(300);

  const many = fakePlan(
    place.audit,
    Array.from({ length: 800 }, (_, n) => ({ name: `m${n}`, inputs: n > 2 ? [`m${n - 1}`, `m${n - 3}`] : [] })),
  );
  const sha256 = createHash('sha256').update('abc').digest('hex');
  const outputs = ['a.bin', 'b.bin', 'c.bin'].map((file) => ({ file, bytes: 3, sha256 }));
  for (const { id } of many.stages) {
    const folder = join(place.results, 'store', id);
    mkdirSync(folder);
    for (const { file } of outputs) writeFileSync(join(folder, file), 'abc');
    writeFileSync(join(folder, 'journal.jsonl'), '');
    writeFileSync(join(folder, 'done.json'), JSON.stringify({ id, outcome: { kind: 'completed' }, outputs }));
  }
  // Time of the processor, the least of three: other processes on a busy machine must not decide.
  const tookMs: number[] = [];
  for (let sweep = 0; sweep < 3; sweep++) {
    const before = process.cpuUsage();
    const { summary } = await runSweep(place, many);
    const { user, system } = process.cpuUsage(before);
    tookMs.push((user + system) / 1000);
    expect(summary.counts.cached).toBe(800);
  }
  console.log(`finished sweep of 800 stages: ${tookMs.map((one) => one.toFixed(0)).join(', ')} ms`);
  expect(Math.min(...tookMs)).toBeLessThan(1_000);
  expect(doneTexts(place).size).toBe(900);
});
