/** The parts that can be judged without a process: classification, order, counts, estimates, origin. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { classifyDeath, classifyFailure } from '../../harness/run/classify-failure.ts';
import { CollectLoop } from '../../harness/run/collect-loop.ts';
import { exitCodeOf } from '../../harness/run/index.ts';
import type { SweepFailure } from '../../harness/run/index.ts';
import { captureCode } from '../../harness/run/provenance.ts';
import { Schedule } from '../../harness/run/schedule.ts';
import { UserError } from '../../harness/spec/user-error.ts';
import { fakePlan } from './fixtures/fake-plan.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-parts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const systemError = (code: string): Error => Object.assign(new Error(`${code}: no`), { code });

test('the class of a failure is read off the whole chain of causes', () => {
  const classOf = (error: unknown): unknown => {
    const result = classifyFailure(error, false);
    return result.kind === 'failed' ? [result.outcome.errorClass, result.isDiskTrouble] : result.kind;
  };
  expect(classOf(systemError('ENOSPC'))).toEqual(['infrastructure', true]);
  expect(classOf(new Error('while saving', { cause: systemError('EROFS') }))).toEqual(['infrastructure', true]);
  expect(classOf(systemError('EMFILE'))).toEqual(['infrastructure', false]);
  expect(classOf(systemError('EFBIG'))).toEqual(['infrastructure', true]);
  expect(classOf(new Error('std::bad_alloc'))).toEqual(['oom', false]);
  expect(classOf(new UserError('x', { exitCode: 4, cause: new Error('CUDA out of memory') }))).toEqual(['oom', false]);
  expect(classOf(systemError('ENOMEM'))).toEqual(['oom', false]);
  expect(classOf(new UserError('x', { exitCode: 4 }))).toEqual(['infrastructure', false]);
  expect(classOf(new UserError('x', { exitCode: 3 }))).toEqual(['user', false]);
  expect(classOf(new UserError('x', { exitCode: 2, cause: systemError('ENOENT') }))).toEqual(['user', false]);
  expect(classOf(systemError('ENOENT'))).toEqual(['bug', false]);
  expect(classOf('a string was thrown')).toEqual(['bug', false]);
  // Once told to stop, an error is an interruption; a full disk is still a full disk.
  expect(classifyFailure(new Error('the child was ended by SIGINT'), true)).toEqual({ kind: 'interrupted' });
  expect(classifyFailure(systemError('ENOSPC'), true)).toMatchObject({ kind: 'failed', isDiskTrouble: true });
});

test.each([
  [{ signal: 'SIGKILL' }, 'infrastructure', 'was ended by SIGKILL'],
  [{ signal: 'SIGKILL', wasOomKill: true }, 'oom', 'was ended by SIGKILL: out of memory'],
  [{ exitCode: 137, wasOomKill: true }, 'oom', 'was ended by SIGKILL: out of memory'],
  [{ signal: 'SIGABRT', lastLines: ['FATAL ERROR: JavaScript heap out of memory'] }, 'oom', /SIGABRT: out of memory$/],
  [{ exitCode: 1, lastLines: ['torch.OutOfMemoryError: CUDA out of memory.'] }, 'oom', /code 1 .*: out of memory$/],
  [{ signal: 'SIGSEGV', wasOomKill: true }, 'infrastructure', 'was ended by SIGSEGV'],
  [{ signal: 'SIGXFSZ' }, 'infrastructure', 'was ended by SIGXFSZ'],
  [{ exitCode: 139 }, 'infrastructure', 'was ended by SIGSEGV'],
  [{ exitCode: 7 }, 'bug', 'exited with code 7 in the middle of the stage'],
  [{ pid: null }, 'infrastructure', 'the worker could not be started'],
])('the class of a death, %j, is %s', (known, errorClass, message) => {
  const unknown = { kind: 'died', pid: 5, signal: null, exitCode: null, lastLines: [], wasOomKill: false } as const;
  const { outcome } = classifyDeath({ ...unknown, ...known });
  expect(outcome).toMatchObject({
    errorClass,
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  });
});

test('exit codes', () => {
  const none = { ran: 1, cached: 1, failed: 0, diverged: 0, blocked: 0 };
  const failure = (errorClass: SweepFailure['errorClass']): SweepFailure => ({
    stageId: 's',
    kind: 'pairs',
    message: '',
    hint: null,
    errorClass,
    lastLines: [],
    log: null,
    command: '',
    stageCommand: '',
  });
  const base = { interrupted: null, stoppedBecause: null, failures: [], trials: none, cancelled: 0 } as const;
  expect(exitCodeOf(base)).toBe(0);
  expect(exitCodeOf({ ...base, interrupted: 'SIGINT' })).toBe(130);
  expect(exitCodeOf({ ...base, interrupted: 'SIGTERM', failures: [failure('bug')] })).toBe(143);
  expect(exitCodeOf({ ...base, trials: { ...none, diverged: 1 } })).toBe(1);
  expect(exitCodeOf({ ...base, cancelled: 1 })).toBe(1);
  expect(exitCodeOf({ ...base, trials: { ...none, failed: 2 }, failures: [failure('oom'), failure('stuck')] })).toBe(4);
  expect(
    exitCodeOf({ ...base, trials: { ...none, failed: 1, blocked: 2 }, failures: [failure('infrastructure')] }),
  ).toBe(4);
  expect(
    exitCodeOf({ ...base, trials: { ...none, failed: 2 }, failures: [failure('infrastructure'), failure('user')] }),
  ).toBe(1);
  expect(
    exitCodeOf({ ...base, trials: { ...none, failed: 1, diverged: 1 }, failures: [failure('infrastructure')] }),
  ).toBe(1);
  expect(
    exitCodeOf({
      ...base,
      stoppedBecause: 'disk',
      trials: { ...none, failed: 1 },
      failures: [failure('infrastructure')],
    }),
  ).toBe(4);
});

test('in any plan a stage starts only after its inputs, and is blocked exactly if an ancestor failed', () => {
  const plans = fc.array(fc.record({ picks: fc.array(fc.nat(), { maxLength: 3 }), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 25,
  });
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 4 }), (shape, workers) => {
      const plan = fakePlan(
        '',
        shape.map(({ picks }, n) => ({
          name: String(n),
          inputs: n === 0 ? [] : [...new Set(picks.map((pick) => String(pick % n)))],
        })),
      );
      const fails = new Map(plan.stages.map((stage, n) => [stage.id, shape[n]?.fails === true]));
      const schedule = new Schedule(plan.stages);
      const running: string[] = [];
      const ended = new Set<string>();
      for (;;) {
        for (let stage = schedule.next(); stage !== null && running.length < workers; stage = schedule.next()) {
          for (const input of Object.values(stage.inputs)) expect(ended.has(input)).toBe(true);
          schedule.set(stage.id, 'running');
          running.push(stage.id);
        }
        const id = running.shift();
        if (id === undefined) break;
        const isFailing = fails.get(id) === true;
        schedule.set(id, isFailing ? 'failed' : 'completed');
        if (!isFailing) ended.add(id);
      }
      // Brute force: reachable from a failing stage that itself could run.
      const expected = new Map<string, string>();
      for (const stage of plan.stages) {
        const inputs = Object.values(stage.inputs).map((input) => expected.get(input));
        expected.set(
          stage.id,
          inputs.some((status) => status !== 'completed')
            ? 'blocked'
            : fails.get(stage.id) === true
              ? 'failed'
              : 'completed',
        );
      }
      expect(new Map(plan.stages.map((stage) => [stage.id, schedule.statusOf(stage.id)]))).toEqual(expected);
    }),
    { numRuns: 200, seed: 7 },
  );
});

test('contaminated data stop the training that only blocked trials need, and no other', () => {
  const plan = fakePlan('', [
    { name: 'pairs' },
    { name: 'task', kind: 'task' },
    { name: 'check', kind: 'contamination', inputs: ['pairs', 'task'] },
    { name: 'trunk', kind: 'pretrain', inputs: ['pairs'] },
    { name: 'fork', kind: 'decay', inputs: ['trunk'] },
    { name: 'shared', kind: 'decay', inputs: ['trunk'] },
    { name: 'leaked', kind: 'finetune', inputs: ['task', 'fork', 'check'] },
    { name: 'other', kind: 'finetune', inputs: ['shared'] },
  ]);
  const statusesAfter = (failing: string): Record<string, string> => {
    const schedule = new Schedule(plan.stages);
    for (const id of ['pairs-pairs', 'task-task']) schedule.set(id, 'completed');
    schedule.set(failing, 'failed');
    return Object.fromEntries(plan.stages.map(({ id }) => [id, schedule.statusOf(id)]));
  };
  expect(statusesAfter('contamination-check')).toMatchObject({
    'pretrain-trunk': 'pending',
    'decay-fork': 'blocked',
    'finetune-leaked': 'blocked',
    'decay-shared': 'pending',
    'finetune-other': 'pending',
  });
  // Any other failure leaves to run what can run.
  expect(statusesAfter('decay-shared')).toMatchObject({ 'pretrain-trunk': 'pending', 'decay-fork': 'pending' });
});

test('collecting never runs twice at once, and the last request is honoured', async () => {
  let [active, most, calls] = [0, 0, 0];
  const loop = new CollectLoop(
    async () => {
      most = Math.max(most, (active += 1));
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
      active -= 1;
    },
    10,
    () => {},
  );
  for (let n = 0; n < 20; n += 1) {
    loop.request();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const before = calls;
  await loop.finish();
  expect(most).toBe(1);
  expect(calls).toBeGreaterThan(before);
  expect(calls).toBeLessThan(8); // 20 requests in about 100 ms, one collect takes 10 + 30 ms
});

test('origin: clean, dirty and no checkout are told apart, not a checkout around it; credentials are cut', () => {
  const top = join(folder, 'repository');
  mkdirSync(join(top, 'inner'), { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', top, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  expect(captureCode(top)).toEqual({ commit: null, isDirty: null, diffDigest: null });
  git('init');
  writeFileSync(join(top, 'a.txt'), 'one\n');
  git('add', '.');
  git('commit', '-m', 'one');
  const commit = git('rev-parse', 'HEAD').trim();
  expect(captureCode(top)).toEqual({ commit, isDirty: false, diffDigest: null });
  expect(captureCode(join(top, 'inner'))).toEqual({ commit: null, isDirty: null, diffDigest: null });
  writeFileSync(join(top, 'a.txt'), 'two\n');
  const digest = createHash('sha256')
    .update(git('status', '--porcelain'))
    .update(git('diff', 'HEAD', '--binary'))
    .digest('hex');
  expect(captureCode(top)).toEqual({ commit, isDirty: true, diffDigest: digest });
});
