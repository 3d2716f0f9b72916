import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { growthShape } from '../../harness/bench/growth-pairs.ts';
import { readGrowth, writeGrowth, type GrowthPoint, type GrowthRecord } from '../../harness/bench/growth-points.ts';
import { summarizeGrowth } from '../../harness/bench/growth-summary.ts';
import { leastFlops } from '../../harness/bench/least-work.ts';
import { yardstick } from '../../harness/bench/yardstick.ts';
import { drawGrowth } from '../../harness/report/index.ts';
import { captured } from '../cli/captured-run.ts';

const settings = { machine: 'some CPU, 2 cores', threads: 2, steps: 3, tokensPerStep: 1024 };
const place = { size: '0.3m', context: 256, round: 0 } as const;
const measured = { state: 'measured', choice: null, peakMemoryBytes: 1e9, losses: [0.7, 8.3] } as const;
const points: readonly GrowthPoint[] = [
  { ...place, ...measured, program: 'harness', stepMsMedian: 100 },
  { ...place, ...measured, program: 'sorted', stepMsMedian: 250, losses: [0.7, 8.2] },
  { ...place, context: 2048, program: 'sorted', state: 'refused', reason: 'took over 1.0 GB of memory' },
];
const record: GrowthRecord = { settings, peaks: [{ ours: 2e11, theirs: 1e11 }], points };
const newFile = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'harness-grow-test-')), 'grow.json');

describe('the least work of a step', () => {
  it('counts each token once, attention backwards only, and the last layer where it is read', () => {
    const small = { hiddenSize: 4, layers: 2, heads: 2, keyValueHeads: 2, intermediateSize: 8, vocabSize: 10 };
    const model = { ...yardstick('0.3m'), ...small };
    // 4 tokens (P 2, R 1). First layer: 4 x (4 x 16 + 3 x 32) weights, 3 + 2 x (2 + 1) = 9 seen pairs x 2 x 4.
    // Last: keys and values 4 x 32, 3 tokens read x (32 + 96), seen 2 + 1 + 2 x 3 = 9 x 2 x 4. Logits: 1 x 40.
    const weights = 4 * 160 + 4 * 32 + 3 * 128 + 40;
    expect(leastFlops(model, { pairs: 5, promptTokens: 2, responseTokens: 1 })).toBe(6 * 5 * (weights + 72 + 72));
  });

  it('has rows of exactly the context, and at least one pair', () => {
    expect(growthShape(256, 8192)).toEqual({ pairs: 16, promptTokens: 85, responseTokens: 171 });
    expect(growthShape(2048, 100)).toMatchObject({ pairs: 1 });
  });
});

describe('the summary of growth', () => {
  it('holds ratio, share of the limit and loss difference, and keeps what did not fit', () => {
    const { peak, rows } = summarizeGrowth(record);
    expect(peak).toBe(2e11);
    // 1024 tokens a step in 0.1 and 0.25 s.
    expect(rows[0]).toMatchObject({ program: 'harness', tokensPerSecond: { median: 10_240 }, ratio: null });
    expect(rows[1]).toMatchObject({ tokensPerSecond: { median: 4096 }, ratio: { median: 2.5 } });
    const [ours, theirs] = rows;
    if (ours?.state !== 'measured' || theirs?.state !== 'measured') throw new Error('not measured');
    expect(theirs.lossDifference).toBeCloseTo(0.1, 12);
    expect(ours.utilization).toBeCloseTo(10_240 / ours.limitTokensPerSecond, 12);
    expect(rows[2]).toMatchObject({ state: 'refused', reason: 'took over 1.0 GB of memory' });
  });
});

describe('the results file', () => {
  it('gives back what was written, and nothing where there is none', () => {
    const file = newFile();
    expect(readGrowth(file, settings).points).toEqual([]);
    writeGrowth(file, record);
    expect(readGrowth(file, settings)).toEqual(record);
  });

  it('is refused where its points cannot be compared, or it is another file', async () => {
    const file = newFile();
    writeGrowth(file, record);
    expect(() => readGrowth(file, { ...settings, threads: 1 })).toThrow(/threads 2, not 1/);
    writeFileSync(file, '{"rows": []}');
    const run = await captured(['bench', 'grow', '--out', file]);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no results of') as string });
  });
});

it('bench grow asks back about sizes, contexts and figures', async () => {
  for (const [flag, value, said] of [
    ['--sizes', '0.3m,35m', /there is no size "35m"/],
    ['--contexts', '256,many', /whole number/],
    ['--figure', 'growth.pdf', /ends in .svg/],
  ] as const) {
    const run = await captured(['bench', 'grow', flag, value]);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(said) as string });
  }
});

it('the figure has a line for each program and length, and the notes', async () => {
  const programs = ['harness', 'PyTorch', 'limit'];
  const drawn = programs.flatMap((program, index) =>
    [1e6, 5e6].map((parameters) => ({
      program,
      parameters,
      context: 256,
      tokensPerSecond: (1e10 / parameters) * (1 + index),
    })),
  );
  const { svg, png } = await drawGrowth({ title: 'Speed', notes: ['no point: sorted'], programs, points: drawn });
  for (const text of ['Speed', 'no point: sorted', 'PyTorch', '256 tokens']) expect(svg).toContain(text);
  expect(svg.match(/stroke-dasharray="2,3"/g)?.length).toBeGreaterThan(0);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
});
