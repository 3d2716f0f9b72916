import { describe, expect, it } from 'vitest';
import { simulateFalseAlarms } from '../../harness/gate/false-alarms.ts';
import { compareRounds } from '../../harness/gate/compare-speed.ts';
import { verdictExitCodes } from '../../harness/gate/index.ts';
import { judge } from '../../harness/gate/judge.ts';
import { verdictOf } from '../../harness/gate/verdict.ts';
import { noisyRuns } from './made-samples.ts';

describe('the verdict', () => {
  it.each([
    [[], 'inconclusive', 5],
    [['new'], 'inconclusive', 5],
    [['passed', 'identical', 'new'], 'passed', 0],
    [['passed', 'not comparable'], 'passed', 0],
    [['not comparable'], 'not comparable', 5],
    [['passed', 'inconclusive'], 'inconclusive', 5],
    [['regressed', 'inconclusive', 'not comparable'], 'regressed', 1],
  ] as const)('of %j is %s, exit code %i', (outcomes, verdict, exitCode) => {
    const found = verdictOf(outcomes.map((outcome) => ({ outcome })));
    expect(found).toBe(verdict);
    expect(verdictExitCodes[found]).toBe(exitCode);
  });
});

describe('many metrics', () => {
  const names = Array.from({ length: 50 }, (_, index) => `path-${index}`);
  const same = Object.fromEntries(names.map((name) => [name, 10]));

  it('share one level: what alarms alone may pass among fifty', () => {
    const [before, now] = [noisyRuns(8, same, 0.02, 1), noisyRuns(8, { ...same, 'path-7': 10.9 }, 0.02, 2)];
    const only = (runs: typeof before): typeof before =>
      runs.map((run) => ({ ...run, times: run.times.filter(({ name }) => name === 'path-7') }));
    const [alone] = judge(compareRounds({ baseline: only(before), candidate: only(now) }, 'wall'));
    const among = judge(compareRounds({ baseline: before, candidate: now }, 'wall')).find(
      ({ name }) => name === 'path-7',
    );
    expect(alone?.adjustedP).toBeCloseTo(alone?.tested?.p ?? 1, 12);
    expect(among?.adjustedP).toBeGreaterThan(alone?.adjustedP ?? 1);
    expect(among?.detectable).toBeGreaterThan(alone?.detectable ?? 1);
  });

  it('do not make a gate without a change alarm more often', () => {
    const findings = judge(
      compareRounds({ baseline: noisyRuns(10, same, 0.05, 3), candidate: noisyRuns(10, same, 0.05, 4) }, 'wall'),
    );
    const found = simulateFalseAlarms(findings);
    expect(found?.gates).toBe(1000);
    expect((found?.alarms ?? 1000) / 1000).toBeLessThanOrEqual(0.01);
  });

  it('are simulated without what they found: a real slowdown is no noise', () => {
    const slow = Object.fromEntries(names.map((name) => [name, 14]));
    const findings = judge(
      compareRounds({ baseline: noisyRuns(10, same, 0.02, 5), candidate: noisyRuns(10, slow, 0.02, 6) }, 'wall'),
    );
    expect(findings.every(({ outcome }) => outcome === 'regressed')).toBe(true);
    expect(simulateFalseAlarms(findings)?.alarms).toBeLessThanOrEqual(10);
  });
});
