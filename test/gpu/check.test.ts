/** The check on a card, as far as it goes without one: how it runs its parts, and what it says of those that fail. */
import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Part {
  readonly status: string;
  readonly reason?: string;
  readonly exitCode: number | null;
  readonly hostPeakBytes: number | null;
  readonly result: unknown;
}
interface Running {
  readonly limitSeconds: number;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly signal?: AbortSignal;
}
type RunPart = (command: { file: string; args: readonly string[] }, running: Running) => Promise<Part>;

const scripts = path.join(import.meta.dirname, '../../.gpu');
let runPart: RunPart;
let folder = '';

beforeAll(async () => {
  ({ runPart } = (await import(path.join(scripts, 'run-part.mjs'))) as { runPart: RunPart });
  folder = await mkdtemp(path.join(tmpdir(), 'check-'));
});
afterAll(() => rm(folder, { recursive: true }));

const node = (script: string, limitSeconds = 20, signal?: AbortSignal): Promise<Part> =>
  runPart(
    { file: process.execPath, args: ['-e', script] },
    { limitSeconds, env: process.env, cwd: folder, ...(signal && { signal }) },
  );

describe('a part of the check', () => {
  test('keeps the document of a program, whatever libraries print before it, and its memory', async () => {
    const part = await node(
      'const held = Buffer.alloc(60e6, 1); setTimeout(() => held, 1500);' +
        'console.log("driver {chatter}\\n{not json"); console.log(JSON.stringify({ a: 1 }, null, 2))',
    );
    expect(part).toMatchObject({ status: 'done', exitCode: 0, result: { a: 1 } });
    if (process.platform === 'linux') expect(part.hostPeakBytes).toBeGreaterThan(60e6);
  });

  test('that fails is told in its own words: a complaint and its hint, or its error, or the last line', async () => {
    const complaint = 'console.error("warning\\nharness: no adapter\\n  Install a driver."); process.exitCode = 3';
    expect(await node(complaint)).toMatchObject({
      status: 'failed',
      reason: 'exit code 3: harness: no adapter Install a driver.',
      result: null,
    });
    expect(await node('console.error("first\\nlast"); process.exitCode = 1')).toMatchObject({
      reason: 'exit code 1: last',
    });
    expect((await node('throw new TypeError("of no use")')).reason).toBe('exit code 1: TypeError: of no use');
    expect((await node('process.kill(process.pid, "SIGSEGV")')).reason).toBe('ended by SIGSEGV');
    const none = await runPart({ file: 'no-such-program', args: [] }, { limitSeconds: 5, env: {}, cwd: folder });
    expect(none).toMatchObject({ status: 'failed', reason: expect.stringContaining('ENOENT') as unknown });
  });

  test('is ended at its limit together with what it started, and keeps what it had printed', async () => {
    const script =
      'const { spawn } = require("node:child_process");' +
      'const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);' +
      'console.log(JSON.stringify({ pid: child.pid })); setInterval(() => {}, 1000);';
    const part = await node(script, 1.5);
    expect(part).toMatchObject({ status: 'out of time', reason: 'more than 2 s' });
    const { pid } = part.result as { pid: number };
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test('that is interrupted says no more than that', async () => {
    const stop = new AbortController();
    const running = node('setInterval(() => {}, 1000)', 20, stop.signal);
    setTimeout(() => stop.abort(), 100);
    const part = await running;
    expect(part.status).toBe('interrupted');
    expect(part.reason).toBeUndefined();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // Where nothing reaps orphans, as in a container, an ended one stays as a zombie.
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('check.sh', () => {
  test.skipIf(process.env['HARNESS_TEST_BUILT'] !== '1').each([
    [['--limit', 'soon'], '--limit: expected seconds, not "soon"'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', async (flags, words) => {
    const { exitCode, stderr } = await execa(path.join(scripts, 'check.sh'), flags, { reject: false, cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
  });
});
