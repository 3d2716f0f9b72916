import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  accept,
  gate,
  readSamples,
  writeSamples,
  type GateOptions,
  type GateResult,
} from '../../harness/gate/index.ts';
import { machineIdentity } from '../../harness/bench/index.ts';
import { empty, madeQuality, madeRun, noisyRuns } from './made-samples.ts';
import { loopOf, smallRepository, type SmallRepository } from './small-repository.ts';

// A gate starts some twenty processes, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let small: SmallRepository;
const commits: Record<'bare' | 'first' | 'same' | 'slow' | 'broken', string> = {
  bare: '',
  first: '',
  same: '',
  slow: '',
  broken: '',
};

beforeAll(() => {
  small = smallRepository();
  small.write('source/loop.mjs', 'throw new Error("no such command yet");\n');
  commits.bare = small.commit('before the command');
  small.write('source/loop.mjs', loopOf(200_000));
  commits.first = small.commit('first');
  small.write('README.md', 'words\n');
  commits.same = small.commit('words');
  small.write('source/loop.mjs', loopOf(240_000));
  commits.slow = small.commit('slower by a fifth');
  small.write('build.mjs', 'process.stderr.write("cannot build: a comma is missing\\n"); process.exit(3);\n');
  commits.broken = small.commit('does not build');
  small.git('checkout', '--quiet', commits.same);
});

/** Verdicts on speed: a machine that other tests keep busy decides them otherwise now and then. */
const isTimed = process.env['HARNESS_SLOW_TESTS'] === '1';
if (!isTimed) console.log('skipped: real speeds of two commits (HARNESS_SLOW_TESTS=1 on a quiet machine runs them)');
/** A verdict takes seven; that both sides are measured can be seen of three. */
const rounds = isTimed ? 7 : 3;

const steps: string[] = [];
const run = (changes: Partial<GateOptions>): Promise<GateResult> =>
  gate({
    folder: small.folder,
    baseline: commits.first,
    candidate: null,
    speedBaseline: null,
    experiments: [],
    only: null,
    rounds,
    milliseconds: 10,
    clock: 'cpu',
    signal: new AbortController().signal,
    onStep: (step) => steps.push(step),
    ...changes,
  });

const temporaryFile = (name: string): string => path.join(mkdtempSync(path.join(tmpdir(), 'harness-gate-test-')), name);

describe('two commits in turns', () => {
  it.runIf(isTimed)('find a slowdown of a fifth between them, and name both', async () => {
    const result = await run({ candidate: commits.slow });
    expect(result.verdict).toBe('regressed');
    expect(result.findings).toMatchObject([{ kind: 'speed', name: 'loop', outcome: 'regressed' }]);
    expect(result.findings[0]?.tested?.change).toBeGreaterThan(0.1);
    expect(result.candidate).toMatchObject({ commit: commits.slow, changedFiles: 0 });
    expect(result.baseline.name).toBe(commits.first.slice(0, 12));
    expect(result.samples.speed).toHaveLength(7);
  });

  it.runIf(isTimed)('find none where there is none, nor where it became faster', async () => {
    expect((await run({ candidate: commits.same, rounds: 4 })).verdict).toBe('passed');
    expect((await run({ baseline: commits.slow, candidate: commits.first, rounds: 3 })).verdict).toBe('passed');
  });

  it('are both measured and named, and leave no worktree, no folder and no change behind', async () => {
    const result = await run({ candidate: commits.same, rounds: 3 });
    expect(result.findings).toMatchObject([{ kind: 'speed', name: 'loop', tested: { n: 3 } }]);
    expect(result.candidate).toMatchObject({ commit: commits.same, changedFiles: 0 });
    expect(result.baseline.name).toBe(commits.first.slice(0, 12));
    expect(result.samples.speed).toHaveLength(3);
    expect(small.git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(small.git('status', '--porcelain')).toBe('');
    expect(existsSync(path.join(small.folder, 'dist'))).toBe(false);
  });
});

describe('the working tree', () => {
  it('is measured with its changes, which are told', async () => {
    small.write('source/loop.mjs', loopOf(250_000));
    try {
      const result = await run({});
      if (isTimed) expect(result.verdict).toBe('regressed');
      expect(result.candidate.changedFiles).toBe(1);
      expect(result.notes).toContain(`${result.candidate.name}: 1 file not as in its commit.`);
    } finally {
      small.git('checkout', '--quiet', '--', '.');
    }
  });

  it('cannot be compared with a commit from before `bench samples`', async () => {
    const result = await run({ baseline: commits.bare });
    expect(result.verdict).toBe('inconclusive');
    expect(result.findings[0]?.notes.join('')).toContain('cannot be measured');
  });
});

describe('a gate is refused', () => {
  it.each([
    ['a name that git does not know', { baseline: 'nowhere' }, 2, 'nor is it a commit, branch or tag'],
    ['a ref outside of git', { folder: tmpdir(), baseline: 'main' }, 2, 'so it can only be a file'],
    ['a name that git would take for an option', { baseline: '--all' }, 2, 'nor is it a commit'],
  ] as const)('for %s', async (_, changes, exitCode, text) => {
    await expect(run(changes)).rejects.toMatchObject({ exitCode, message: expect.stringContaining(text) as unknown });
  });

  it('where a commit does not build, with what was said', async () => {
    await expect(run({ candidate: commits.broken })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('a comma is missing') as unknown,
    });
    expect(small.git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('when it is told to stop, and cleans up', async () => {
    const abort = new AbortController();
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('harness-gate-') && !name.includes('test'));
    await expect(
      run({
        signal: abort.signal,
        onStep: (step) => {
          if (step.startsWith('measuring')) abort.abort(new Error('told to stop'));
        },
      }),
    ).rejects.toThrow('told to stop');
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('harness-gate-') && !name.includes('test'))).toEqual(
      before,
    );
    expect(small.git('worktree', 'list').split('\n')).toHaveLength(1);
  });
});

describe('a file as baseline', () => {
  it('of a commit that is still here is measured in turns with it', async () => {
    const file = temporaryFile('baseline.json');
    writeSamples(file, { ...empty, commit: commits.first, speed: [madeRun({ loop: 1 })] });
    const result = await run({ baseline: file, candidate: commits.slow, only: 'speed' });
    if (isTimed) expect(result.verdict).toBe('regressed');
    expect(result.findings[0]?.tested?.n).toBe(rounds);
  });

  it('of other hardware and an unknown commit is not comparable, and nothing is measured', async () => {
    const file = temporaryFile('baseline.json');
    writeSamples(file, { ...empty, commit: '0'.repeat(40), speed: [madeRun({ loop: 1 })] });
    steps.length = 0;
    const result = await run({ baseline: file });
    expect(result.verdict).toBe('not comparable');
    expect(result.findings[0]?.notes.join('')).toMatch(/Other hardware: cpuModel .*--speed-baseline REF/);
    expect(steps).toEqual([]);
  });

  it('and another as candidate are compared as they are stored', async () => {
    const [before, now] = [temporaryFile('a.json'), temporaryFile('b.json')];
    const here = noisyRuns(5, { loop: 10 }, 0.01, 1).map((one) => ({ ...one, machine: machineIdentity() }));
    const slower = noisyRuns(5, { loop: 13 }, 0.01, 2).map((one) => ({ ...one, machine: machineIdentity() }));
    const quality = madeQuality({ seeds: 6, accuracy: 0.8 });
    writeSamples(before, { ...quality, speed: here });
    writeSamples(now, { ...quality, speed: slower });
    const result = await run({ baseline: before, candidate: now });
    expect(result.findings.map(({ outcome }) => outcome)).toEqual(['identical', 'regressed']);
  });
});

describe('accepting', () => {
  const options = (changes: Partial<Parameters<typeof accept>[0]>): Parameters<typeof accept>[0] => ({
    folder: small.folder,
    reason: 'first measurement',
    from: null,
    out: 'reports/gate/baseline.json',
    experiments: [],
    runs: 2,
    milliseconds: 10,
    now: new Date('2026-11-28T12:00:00Z'),
    signal: new AbortController().signal,
    onStep: () => undefined,
    ...changes,
  });

  it('measures the commit that is checked out and says who, when and why; the next one keeps the history', async () => {
    const out = temporaryFile('baseline.json');
    const { samples } = await accept(options({ out }));
    expect(samples.speed).toHaveLength(2);
    expect(samples.accepted).toEqual([
      {
        reason: 'first measurement',
        by: 'A Tester <tester@example.org>',
        at: '2026-11-28T12:00:00.000Z',
        commit: commits.same,
      },
    ]);
    const from = temporaryFile('samples.json');
    writeSamples(from, { ...madeQuality({ seeds: 4, accuracy: 0.7 }), commit: commits.slow });
    await accept(options({ out, from, reason: 'a loop less' }));
    expect(readSamples(out).accepted.map(({ reason, commit }) => [reason, commit])).toEqual([
      ['a loop less', commits.slow],
      ['first measurement', commits.same],
    ]);
  });

  it('is refused without a reason, for changed files, for lost trials, and for nothing at all', async () => {
    await expect(accept(options({ reason: ' ' }))).rejects.toMatchObject({ exitCode: 2 });
    const from = temporaryFile('samples.json');
    writeSamples(from, empty);
    await expect(accept(options({ from }))).rejects.toMatchObject({ exitCode: 5 });
    const made = madeQuality({ seeds: 4, accuracy: 0.7 });
    const missing = [{ seed: 9, outcome: 'failed', cause: null }];
    writeSamples(from, { ...made, quality: made.quality.map((one) => ({ ...one, missing })) });
    await expect(accept(options({ from }))).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining('seed 9 has no score') as unknown,
    });
    small.write('README.md', 'other words\n');
    try {
      await expect(accept(options({}))).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringContaining('README.md') as unknown,
      });
    } finally {
      small.git('checkout', '--quiet', '--', '.');
    }
  });
});

describe('a file of samples', () => {
  const refused = (text: string): string => {
    const file = temporaryFile('samples.json');
    writeFileSync(file, text);
    try {
      readSamples(file);
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 2 });
      return error instanceof Error ? error.message.replace(file, 'FILE') : '';
    }
    throw new Error('it was read');
  };

  it('is read as it was written', () => {
    const file = temporaryFile('samples.json');
    const samples = { ...madeQuality({ seeds: 3, accuracy: 0.5 }), speed: noisyRuns(3, { loop: 2 }, 0.1) };
    writeSamples(file, samples);
    expect(readSamples(file)).toEqual(samples);
    // A list of scores is a line, so that git shows which seed changed.
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(120);
  });

  it('is refused with the reason where it is none', () => {
    expect(refused('{"samplesVersion": 7}')).toBe('FILE: samples of version 7, this program reads 1');
    expect(refused('not json')).toBe('FILE holds no samples: it has no samplesVersion');
    expect(refused(JSON.stringify({ ...empty, speed: [{}] }))).toContain('speed.0.');
    const made = madeQuality({ seeds: 2, accuracy: 0.5 });
    const short = made.quality.map((one) => ({ ...one, seeds: [{ seed: 1, values: [1, 0] }] }));
    expect(refused(JSON.stringify({ ...made, quality: short }))).toContain('seed 1: 2 values of 200 items');
    expect(refused(JSON.stringify({ ...made, itemSets: {} }))).toContain('there is no item set all');
  });
});
