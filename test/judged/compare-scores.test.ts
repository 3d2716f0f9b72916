import { describe, expect, it } from 'vitest';
import type { Item } from '../../harness/eval/index.ts';
import { compareScores } from '../../harness/judged/index.ts';

const pair = (itemId: string, group: string, [chosen, rejected]: readonly [number, number]): readonly Item[] =>
  [chosen, rejected].map((reward, candidate) => ({
    set: 'pairs',
    itemId,
    group,
    candidate,
    reward,
    isCorrect: candidate === 0,
    tokens: 1,
    answer: null,
    subset: null,
    source: null,
  }));
const question = (itemId: string, rewards: readonly number[], right: number): readonly Item[] =>
  rewards.map((reward, candidate) => ({
    ...(pair(itemId, itemId, [reward, 0])[0] as Item),
    set: 'pool',
    candidate,
    isCorrect: candidate === right,
  }));

const above = [1, 0] as const;
const below = [0, 1] as const;

describe('compareScores', () => {
  it('takes the mean of the differences of pairs, with the spread between groups', () => {
    const groups = ['a', 'a', 'b', 'b', 'c', 'c'];
    const first = groups.flatMap((group, i) => pair(`p${i}`, group, above));
    const second = groups.flatMap((group, i) => pair(`p${i}`, group, i === 0 ? below : above));
    // Means of the groups: 1/2, 0, 0. Mean 1/6, standard error 1/6, Student's t of 2 degrees at 97.5 % 4.3027.
    const t = 4.302652729911275;
    expect(compareScores(first, second)).toMatchObject({
      onlyInFirst: 0,
      onlyInSecond: 0,
      metrics: [
        {
          name: 'pairwise accuracy',
          first: 1,
          second: 5 / 6,
          difference: {
            n: 6,
            groups: 3,
            meanDifference: expect.closeTo(1 / 6, 12) as number,
            interval: {
              low: expect.closeTo((1 - t) / 6, 8) as number,
              high: expect.closeTo((1 + t) / 6, 8) as number,
            },
          },
        },
        { name: 'with half credit for ties', first: 1, second: 5 / 6 },
      ],
    });
  });

  it('gives a tie half credit in the second row alone', () => {
    const { metrics } = compareScores(pair('p', 'p', [1, 1]), pair('p', 'p', below));
    expect(metrics.map(({ first, second }) => [first, second])).toEqual([
      [0, 0],
      [0.5, 0],
    ]);
  });

  it('compares the picks of pools: among all candidates, and of N at random', () => {
    // The right one is on top in the first; second of three in the second: best of 2 picks it in 1 of 3 subsets.
    const { metrics } = compareScores(question('q', [3, 2, 1], 0), question('q', [2, 3, 1], 0));
    expect(metrics.map(({ name, first, second }) => [name, first, second])).toEqual([
      ['best of all candidates', 1, 0],
      ['best of 2', expect.closeTo(2 / 3, 12), expect.closeTo(1 / 3, 12)],
      ['best of 3', 1, 0],
    ]);
  });

  it('leaves out what only one of them has, and counts it', () => {
    const first = [...pair('p', 'p', above), ...pair('q', 'q', above)];
    const second = [...pair('p', 'p', above), ...question('r', [1, 2], 0)];
    expect(compareScores(first, second)).toMatchObject({ onlyInFirst: 1, onlyInSecond: 1, metrics: { length: 2 } });
  });

  it('refuses scores without a common item, with other labels, or that are not finite', () => {
    expect(() => compareScores(pair('p', 'p', above), pair('q', 'q', above))).toThrow(
      'no pair and no question is in both',
    );
    expect(() => compareScores(question('q', [1, 2], 0), question('q', [1, 2], 1))).toThrow(
      'q: the two say differently which responses are right',
    );
    expect(() => compareScores(pair('p', 'p', above), pair('p', 'p', [NaN, 0]))).toThrow('p: a score is not finite');
  });
});
