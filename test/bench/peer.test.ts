import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lossDifference } from '../../harness/bench/compare-with-peer.ts';
import { peerSetUps, yardstickSizes } from '../../harness/bench/index.ts';
import { withinLimits } from '../../harness/bench/limited-child.ts';
import { noteOf } from '../../harness/bench/peer-set-ups.ts';
import { setUpNames, sizeNames } from '../../harness/cli/routes/bench-flags.ts';
import { randomStream } from '../../harness/random/index.ts';
import { captured, documentOf } from '../cli/captured-run.ts';
import { pythonWith } from '../python.ts';

/** Eight pairs of 4 to 20 tokens each part. */
function tinyPairs(): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'harness-peer-test-')), 'pairs.jsonl');
  const stream = randomStream(3, 'peer test');
  const ids = (): number[] => Array.from({ length: 4 + stream.integer(17) }, () => stream.integer(4096));
  const lines = Array.from({ length: 8 }, () => JSON.stringify({ prompt: ids(), chosen: ids(), rejected: ids() }));
  writeFileSync(file, lines.join('\n'));
  return file;
}

const python = pythonWith('torch');
const flags = ['--size', '0.3m', '--rounds', '1', '--steps', '1', '--pairs-per-step', '4', '--threads', '1', '--json'];
const peer = async (setUps: string): Promise<Record<string, unknown>> => {
  const told = ['--pairs', tinyPairs(), '--set-ups', setUps, '--python', python!];
  const run = await captured(['bench', 'peer', ...told, ...flags]);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  return documentOf(run);
};

describe('bench peer', () => {
  // So that the process that measures loads our sources where they are not built.
  beforeEach(() => void vi.stubEnv('NODE_OPTIONS', '--import tsx'));
  afterEach(() => void vi.unstubAllEnvs());

  it('offers the set-ups and sizes that the bench room has', () => {
    expect(setUpNames).toEqual(peerSetUps);
    expect(sizeNames).toEqual(yardstickSizes);
  });

  it('asks back about a set-up that it does not know', async () => {
    const run = await captured(['bench', 'peer', '--pairs', tinyPairs(), '--set-ups', 'eager,srted']);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('did you mean sorted?') as string });
  });

  it('ends with 4 where the interpreter has no torch', async () => {
    const told = ['--pairs', tinyPairs(), '--set-ups', 'sorted,trl', '--python', process.execPath];
    const run = await captured(['bench', 'peer', ...told]);
    expect(run).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('It needs Python 3 with torch') as string,
    });
  });

  it.skipIf(python === null)(
    'takes the same step in every set-up (skipped without HARNESS_PYTHON that has torch)',
    async () => {
      const { setUps, strongest } = await peer('eager,sdpa,packed,sorted');
      const measured = setUps as readonly { readonly setUp: string; readonly lossDifference: number }[];
      expect(measured.map(({ setUp }) => setUp)).toEqual(['eager', 'sdpa', 'packed', 'sorted']);
      for (const one of measured) expect(one.lossDifference).toBeLessThan(1e-5);
      expect(measured.map(({ setUp }) => setUp)).toContain(strongest);
    },
    240_000,
  );

  it.skipIf(python === null)(
    'has the reason in the row of a set-up that fails (skipped without HARNESS_PYTHON that has torch)',
    async () => {
      const { setUps } = await peer('eager,trl');
      // TRL is there or not: its row is either measured without an LM loss, or says what is missing.
      const [, trl] = setUps as readonly Readonly<Record<string, unknown>>[];
      if (pythonWith('trl') === null)
        expect(trl).toMatchObject({ state: 'failed', reason: expect.stringContaining('trl') as string });
      else expect(trl).toMatchObject({ state: 'measured', lossDifference: null });
    },
    240_000,
  );
});

describe('the difference of losses', () => {
  const ours = [{ losses: [[0.7, 8.3]] as const }];
  it('is the largest of both terms, and none without an LM loss', () => {
    expect(lossDifference([{ losses: [[0.6, 8.1]] }], ours)).toBeCloseTo(0.2, 12);
    expect(lossDifference([{ losses: [[0.7, null]] }], ours)).toBeNull();
    expect(lossDifference([{ losses: [] }], ours)).toBeNaN();
  });
});

describe('notes', () => {
  it('say what a row must be read with', () => {
    const choice = { base: 'sorted', rowsPerMicroBatch: 8 } as const;
    expect(noteOf('compile', choice, 41.2)).toBe('sorted, 8 rows a micro-batch, compiled in 41 s, not counted');
    expect(noteOf('trl', choice, null)).toMatch(/no LM term/);
  });
});

describe('limits of a process', () => {
  it('end it, and say why', async () => {
    let reject: (error: Error) => void = () => undefined;
    const promise = new Promise<never>((_resolve, fail) => (reject = fail));
    const child = { pid: process.pid, kill: () => (reject(new Error('killed')), true) };
    await expect(withinLimits(child, { memoryBytes: 1e6, seconds: 60 }, promise)).rejects.toMatchObject({
      exitCode: 4,
      message: 'took over 0.0 GB of memory',
    });
  });

  it('leave alone what stays within them', async () => {
    const child = { pid: process.pid, kill: () => true };
    expect(await withinLimits(child, { memoryBytes: 1e12, seconds: 60 }, Promise.resolve(3))).toBe(3);
  });
});
