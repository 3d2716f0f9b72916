/** A sweep without a terminal, seen from three others. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDetached, standingOf } from '../../harness/cli/detached.ts';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';
import { smallExperiment } from '../faults/small-experiment.ts';
import { programArguments } from '../programs/test-program.ts';

const main = path.resolve(import.meta.dirname, '../../harness/cli/main.ts');
let folder: string;
let cache: string;
let results: string;
beforeAll(() => {
  cache = fixtureCache();
  folder = mkdtempSync(path.join(tmpdir(), 'harness-detached-'));
  results = path.join(folder, 'results');
});
afterAll(() => {
  for (const place of [cache, folder]) rmSync(place, { recursive: true, force: true });
});

function start(argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...programArguments(main), ...argv, '--results', results], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HARNESS_CACHE: cache },
  });
}

async function endOf(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (part: Buffer) => (said.stdout += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (said.stderr += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

it('goes on when its starter has left; attach shows it and ends with its exit code; it is refused a second time', async () => {
  const spec = smallExperiment(folder);
  const nothing = await endOf(start(['attach']));
  expect([nothing.code, nothing.stderr]).toEqual([5, expect.stringContaining('no sweep was started with --detach')]);

  const begun = await endOf(start(['sweep', spec, '--detach']));
  expect(begun).toMatchObject({ code: 0, stderr: '' });
  expect(begun.stdout).toMatch(
    /^the sweep of small goes on without this terminal \(process \d+\); log: .*sweep\.log$/m,
  );

  // One that is left leaves the sweep alone.
  const left = start(['attach']);
  await once(left.stdout as NodeJS.ReadableStream, 'data');
  left.kill('SIGINT');
  const [watched, attached] = await Promise.all([
    endOf(start(['status', '--watch', 'small'])),
    endOf(start(['attach'])),
    endOf(left),
  ]);
  expect(attached.code).toBe(0);
  expect(attached.stdout).toContain('small: 2 of 2 trials complete');
  expect(watched.code).toBe(0);
  expect(watched.stdout).toMatch(/^no sweep is running$/m);
  const detached = readDetached(results);
  expect(detached).toMatchObject({ exitCode: 0 });
  if (detached !== null) {
    expect(standingOf({ ...detached, exitCode: null })).toBe('gone');
    expect(standingOf(detached)).toBe('ended');
  }

  // With nothing to do it ends at once, and so does its starter, with its words.
  const again = await endOf(start(['sweep', spec, '--detach']));
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('small: 2 of 2 trials complete');
});

it.runIf(process.platform === 'linux')('a signal is answered before a sweep has begun', async () => {
  const sweep = start(['sweep', smallExperiment(folder), '-s', 'finetune.steps=3']);
  // Once it has its handlers: the module that installs them is the first that is loaded.
  while (!isHandled(sweep.pid ?? 0)) await sleep(2);
  sweep.kill('SIGHUP');
  const { code, stderr } = await endOf(sweep);
  expect(code).toBe(129);
  expect(stderr).toMatch(/stopped by SIGHUP; the same command can be given again|continue with: .*harness/);
});

/** Whether a process has a handler of its own for SIGHUP (the first bit of what proc(5) calls SigCgt). */
function isHandled(pid: number): boolean {
  const caught = /^SigCgt:\t([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${caught}`) & 1n) === 1n;
}
