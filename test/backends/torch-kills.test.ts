/**
 * Ranks under torchrun that are killed, or told to stop: none outlives the others. Where HARNESS_PYTHON names a Python
 * with torch. HARNESS_KILLS: how often (3); at random moments of a run.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tinyFamilies } from '../model/tiny-models.ts';
import { pythonWith } from '../python.ts';
import { limit, outcomeIn, packageFolder, writeJob, type Fields } from './torch-jobs.ts';

// Children of a process are read from /proc.
const python = process.platform === 'linux' ? pythonWith('torch, transformers, pyarrow') : null;
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-kills-'));
const kills = Number(process.env['HARNESS_KILLS'] ?? 3);
let from: string;
const running = new Set<Running>();

interface Running {
  readonly job: string;
  readonly launcher: ChildProcess;
  readonly ranks: readonly number[];
}

beforeAll(async () => {
  // Longer than any test waits.
  const toStep = 20_000;
  from = await writeJob(path.join(root, 'written'), tinyFamilies[0]!, { toStep, learningRateAt: () => 1e-4 });
}, limit);
afterEach(() => {
  for (const { launcher, ranks } of running)
    for (const pid of [launcher.pid!, ...ranks]) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  running.clear();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A job under torchrun that has taken some steps. */
async function started(count: number, fields: Fields): Promise<Running> {
  const job = mkdtempSync(path.join(root, 'job-'));
  cpSync(path.join(from, 'job'), job, { recursive: true });
  const written = JSON.parse(readFileSync(path.join(job, 'job.json'), 'utf8')) as Fields;
  const places = { resume: path.join(job, 'resume.safetensors'), shardedResume: path.join(job, 'sharded') };
  writeFileSync(path.join(job, 'job.json'), JSON.stringify({ ...written, ...places, ...fields }));
  const args = ['-m', 'torch.distributed.run', '--standalone', `--nproc-per-node=${count}`, '-m', 'harness_torch', job];
  const env = { ...process.env, PYTHONPATH: packageFolder, PYTHONWARNINGS: 'ignore' };
  const launcher = spawn(python as string, args, { env, stdio: 'ignore' });
  while (launcher.exitCode === null && outcomeIn(job).losses.length < 3) await sleep(50);
  const found = { job, launcher, ranks: childrenOf(launcher.pid!) };
  running.add(found);
  expect(found.ranks).toHaveLength(count);
  return found;
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    // Behind the name, which may hold anything: Z is dead, and waits to be told so.
    return !/^\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*(?=\) )/s, ''));
  } catch {
    return false;
  }
}

/** Milliseconds until none of them is alive. */
async function untilGone(pids: readonly number[]): Promise<number> {
  const begun = Date.now();
  while (pids.some(isAlive)) await sleep(20);
  return Date.now() - begun;
}

const sharded = { sharding: 'sharded', checkpointEverySeconds: 0.2 };
const often = { checkpointEverySeconds: 0.2 };

describe.skipIf(python === null)('ranks under torchrun (skipped without HARNESS_PYTHON that has torch)', () => {
  it.each([
    ['replicated', often],
    ['sharded', sharded],
  ])(
    'are gone 2 seconds after the launcher was killed: %s',
    async (_, fields) => {
      for (let kill = 0; kill < kills; kill++) {
        const { launcher, ranks } = await started(2, fields);
        await sleep(Math.random() * 1000);
        launcher.kill('SIGKILL');
        const gone = await untilGone(ranks);
        console.log(`launcher killed: ranks gone after ${gone} ms`);
        expect(gone).toBeLessThan(2000);
      }
    },
    limit,
  );

  it.each([
    ['replicated', often],
    ['sharded', sharded],
  ])(
    'are gone 5 seconds after one of them was killed, and say that they followed: %s',
    async (_, fields) => {
      for (let kill = 0; kill < kills; kill++) {
        const { job, launcher, ranks } = await started(3, fields);
        await sleep(Math.random() * 1000);
        process.kill(ranks[kill % 3]!, 'SIGKILL');
        const gone = await untilGone(ranks);
        console.log(`rank killed: ranks gone after ${gone} ms`);
        expect(gone).toBeLessThan(5000);
        if (launcher.exitCode === null) await once(launcher, 'exit');
        const { ended, errors } = outcomeIn(job);
        expect(ended).toBeUndefined();
        for (const error of errors) expect(error).toMatchObject({ isConsequence: true });
      }
    },
    limit,
  );

  it.each([
    ['by a file', ({ job }: Running) => writeFileSync(path.join(job, 'stop'), '')],
    ['by SIGTERM to a rank', ({ ranks }: Running) => process.kill(ranks[1]!, 'SIGTERM')],
    ['by SIGTERM to torchrun', ({ launcher }: Running) => launcher.kill('SIGTERM')],
  ])(
    'save together and leave when they are told to stop: %s',
    async (_, stop) => {
      const asked = await started(2, { sharding: 'sharded' });
      stop(asked);
      await untilGone(asked.ranks);
      const { ended, errors, losses } = outcomeIn(asked.job);
      expect(errors).toEqual([]);
      expect(ended).toMatchObject({ outcome: 'interrupted' });
      expect(readFileSync(path.join(asked.job, 'sharded', `step-${losses.length}`, 'progress.json'), 'utf8')).toContain(
        `"step": ${losses.length}`,
      );
    },
    limit,
  );
});
