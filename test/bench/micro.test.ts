import { describe, expect, it } from 'vitest';
import { hotPaths } from '../../harness/bench/hot-paths.ts';
import { benchMicro } from '../../harness/bench/index.ts';
import { captured, documentOf } from '../cli/captured-run.ts';

describe('micro-benchmarks', () => {
  it('time every hot path, ten calls at least', async () => {
    const { times, machine } = await benchMicro({ milliseconds: 1, names: [] });
    expect(times.map(({ name }) => name)).toEqual(hotPaths.map(({ name }) => name));
    for (const { name, medianMs, p99Ms, marginPercent, samples } of times) {
      expect(medianMs, name).toBeGreaterThan(0);
      expect(p99Ms, name).toBeGreaterThanOrEqual(medianMs);
      expect(Number.isFinite(marginPercent), name).toBe(true);
      expect(samples, name).toBeGreaterThanOrEqual(10);
    }
    expect(machine).toMatch(/cores$/);
  });

  it('tell a short path from a long one', async () => {
    const { times } = await benchMicro({ milliseconds: 20, names: ['fingerprint', 'batch-order'] });
    const [short, long] = times.map(({ medianMs }) => medianMs);
    expect(short).toBeLessThan(long ?? 0);
  });

  it('refuse a path that is not there, and name those that are', async () => {
    const run = await captured(['bench', 'micro', 'encoder']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('did you mean encode?');
    expect(run.stderr).toContain('train-bpe, encode, random');
  });

  it('are one JSON document with the machine and the settings', async () => {
    const run = await captured(['bench', 'micro', 'random', '--milliseconds', '5', '--json']);
    expect(documentOf(run)).toMatchObject({
      schemaVersion: 1,
      node: process.version,
      milliseconds: 5,
      times: [{ name: 'random', work: 'draw 1,000 normal numbers' }],
    });
  });
});
