import { describe, expect, test } from 'vitest';
import { scoringBaselines, scoringMetrics, scoringNamed, scorings } from '../../../harness/eval/index.ts';
import { pair, question } from './items.ts';

const ofRewardBench = [
  ...pair({ id: '1', subset: 'donotanswer' }, 1, 0),
  ...pair({ id: '2', subset: 'donotanswer' }, 0, 1),
  ...pair({ id: '3', subset: 'math-prm' }, 3, 2),
];
const ofRewardBench2 = Array.from({ length: 5 }, (_, i) =>
  question({ id: `${i}`, subset: 'Math' }, [
    [i, true],
    [3, false],
    [2, false],
    [1, false],
  ]),
).flat();

describe('the registry of scorings', () => {
  test('finds each by its name, which is there once', () => {
    for (const scoring of scorings) expect(scoringNamed(scoring.name)).toBe(scoring);
    expect(new Set(scorings.map(({ name }) => name)).size).toBe(scorings.length);
  });

  test('says what there is where a name is not known', () => {
    expect(() => scoringNamed('rewardbnech')).toThrow(
      expect.objectContaining({
        message: 'there is no scoring rewardbnech',
        hint: 'did you mean rewardbench?',
        exitCode: 2,
      }),
    );
    expect(() => scoringNamed('x')).toThrow(expect.objectContaining({ hint: expect.stringContaining('rm_bench') }));
  });

  test('has no metric for a task without a scoring', () => {
    expect(scoringMetrics(null, ofRewardBench)).toEqual([]);
    expect(scoringBaselines(null, { untrainedHead: ofRewardBench, zeroShot: null })).toEqual([]);
  });
});

describe('baselines of a scoring', () => {
  const baselines = (name: string, items: typeof ofRewardBench): Readonly<Record<string, number>> => {
    const scoring = { name, settings: {} };
    return Object.fromEntries(
      scoringBaselines(scoring, { untrainedHead: items, zeroShot: items }).map((one) => [one.name, one.value]),
    );
  };

  test('stand on the axis of the scoring: null rankers, the untrained head and the own head', () => {
    const metrics = baselines('rewardbench', ofRewardBench);
    for (const ranker of ['random', 'longest', 'shortest', 'untrained_head', 'zero_shot'])
      expect(metrics).toHaveProperty(`baseline/${ranker}_rewardbench_score`);
    expect(metrics['baseline/untrained_head_rewardbench_safety']).toBe(0.5);
  });

  test('have no sampling error of a coin on pairs and on four candidates', () => {
    expect(baselines('rewardbench', ofRewardBench)['baseline/random_rewardbench_score']).toBeCloseTo(0.5, 12);
    expect(baselines('rewardbench2', ofRewardBench2)['baseline/random_rewardbench2_score']).toBeCloseTo(0.25, 12);
  });

  test('break ties of lengths by a coin', () => {
    const level = ofRewardBench.map((item) => ({ ...item, tokens: 7 }));
    const metrics = baselines('rewardbench', level);
    expect(metrics['baseline/longest_rewardbench_score']).toBeCloseTo(0.5, 12);
    expect(metrics['baseline/shortest_rewardbench_score']).toBeCloseTo(0.5, 12);
    // In `items.ts` the rejected response is the longer one.
    expect(baselines('rewardbench', ofRewardBench)['baseline/longest_rewardbench_score']).toBe(0);
    expect(baselines('rewardbench', ofRewardBench)['baseline/shortest_rewardbench_score']).toBe(1);
  });

  test('do not depend on the order of the questions', () => {
    const reversed = [4, 3, 2, 1, 0].flatMap((i) => ofRewardBench2.filter(({ itemId }) => itemId === `${i}`));
    const [one, other] = [baselines('rewardbench2', ofRewardBench2), baselines('rewardbench2', reversed)];
    for (const [name, value] of Object.entries(one)) expect(other[name]).toBeCloseTo(value, 12);
  });
});
