import { describe, expect, it } from 'vitest';
import { compareRounds, compareRuns } from '../../harness/gate/compare-speed.ts';
import type { Finding, SpeedRun } from '../../harness/gate/index.ts';
import { judge } from '../../harness/gate/judge.ts';
import { madeRun, noisyRuns } from './made-samples.ts';

const rounds = (baseline: readonly SpeedRun[], candidate: readonly SpeedRun[]): readonly Finding[] =>
  judge(compareRounds({ baseline, candidate }, 'wall'));
const runs = (baseline: readonly SpeedRun[], candidate: readonly SpeedRun[]): readonly Finding[] =>
  judge(compareRuns({ baseline, candidate }, 'wall'));

const paths = { encode: 10, train: 80 };
const slower = { encode: 10, train: 88 };

describe('rounds in turns', () => {
  it('find 10 % on the path that has them, and nothing on the other', () => {
    const findings = rounds(noisyRuns(15, paths, 0.02, 1), noisyRuns(15, slower, 0.02, 2));
    expect(findings.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['encode', 'passed'],
      ['train', 'regressed'],
    ]);
    expect(findings[1]?.tested?.change).toBeCloseTo(0.1, 1);
    expect(findings[1]?.detectable).toBeLessThan(0.1);
  });

  it('tolerate 2 %, however sure they are', () => {
    const [finding] = rounds(noisyRuns(40, { train: 80 }, 0.001, 1), noisyRuns(40, { train: 81.6 }, 0.001, 2));
    expect(finding).toMatchObject({ outcome: 'passed' });
    expect(finding?.tested?.interval?.low).toBeGreaterThan(0.015);
  });

  it('do not mind drift of the machine, which both sides of a round share', () => {
    const drift = (ms: number): readonly SpeedRun[] =>
      Array.from({ length: 15 }, (_, round) => madeRun({ train: ms * (1 + round / 5) * (1 + 0.002 * (round % 3)) }));
    expect(rounds(drift(80), drift(80))[0]?.outcome).toBe('passed');
    expect(rounds(drift(80), drift(90))[0]?.outcome).toBe('regressed');
  });

  it('do not alarm for a disturbed round, nor miss a slowdown because of one', () => {
    const disturbed = (count: number, ms: number): readonly SpeedRun[] =>
      noisyRuns(count, { train: ms }, 0.01, ms).map((run, round) => (round === 4 ? madeRun({ train: 5 * ms }) : run));
    expect(rounds(noisyRuns(15, { train: 80 }, 0.01, 3), disturbed(15, 80))[0]?.outcome).toBe('passed');
    expect(rounds(noisyRuns(15, { train: 80 }, 0.01, 3), disturbed(15, 88))[0]?.outcome).toBe('regressed');
  });

  it('tell a path that is gone, one that is new, and one that does other work', () => {
    const renamed = noisyRuns(5, paths, 0.01).map((run) => ({
      ...run,
      times: run.times.map((one) => (one.name === 'encode' ? { ...one, work: 'encode twice as much' } : one)),
    }));
    expect(rounds(noisyRuns(5, paths, 0.01), renamed)[0]?.outcome).toBe('not comparable');
    const findings = rounds(noisyRuns(5, paths, 0.01), noisyRuns(5, { train: 80, decode: 5 }, 0.01));
    expect(findings.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['encode', 'inconclusive'],
      ['train', 'passed'],
      ['decode', 'new'],
    ]);
  });
});

describe('stored runs', () => {
  it('are compared on the same hardware', () => {
    expect(runs(noisyRuns(6, paths, 0.01, 1), noisyRuns(6, slower, 0.01, 2)).map(({ outcome }) => outcome)).toEqual([
      'passed',
      'regressed',
    ]);
  });

  it('are not comparable on any other, which is said with the difference', () => {
    const [finding] = runs([madeRun(paths)], [madeRun(paths, { cpuModel: 'another', cores: 64 })]);
    expect(finding).toMatchObject({
      outcome: 'not comparable',
      notes: ['Other hardware: cpuModel another, not made-up; cores 64, not 2.'],
    });
  });

  it('are too few below three', () => {
    const [finding] = runs(noisyRuns(2, paths, 0.01), noisyRuns(5, paths, 0.01));
    expect(finding).toMatchObject({ outcome: 'inconclusive', notes: ['Only 2 runs, where 3 are needed.'] });
  });
});
