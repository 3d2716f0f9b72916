import { describe, expect, test } from 'vitest';
import { scoringIntervals, type Item } from '../../../harness/eval/index.ts';
import { randomStream } from '../../../harness/random/index.ts';
import { pair, question } from './items.ts';

const rewardBench = { name: 'rewardbench', settings: {} };
const rewardBench2 = { name: 'rewardbench2', settings: {} };
const intervalOf = (
  scoring: typeof rewardBench,
  items: readonly Item[],
  name: string,
): { readonly low: number; readonly high: number } | undefined =>
  scoringIntervals(scoring, items, { resamples: 400 }).find((one) => one.name === `eval/${scoring.name}_${name}`);

/** `n` pairs of a subset, every third one lost; `size` of them a group. */
const pairs = (subset: string, n: number, size = 1): Item[] =>
  Array.from({ length: n }, (_, i) => {
    const block = Math.floor(i / size);
    const items = pair({ id: `${subset}/${i}`, subset }, block % 3 === 0 ? 0 : 2, 1);
    return items.map((item) => ({ ...item, group: `${subset}/${block}` }));
  }).flat();

describe('the interval of a score', () => {
  test('is that of a share where the score is one', () => {
    const { low, high } = intervalOf(rewardBench, pairs('donotanswer', 300), 'score') ?? { low: NaN, high: NaN };
    const half = 1.96 * Math.sqrt(2 / 9 / 300);
    expect(low).toBeCloseTo(2 / 3 - half, 1);
    expect(high).toBeCloseTo(2 / 3 + half, 1);
  });

  test('is wider where pairs of a group agree: groups are drawn whole', () => {
    const width = (size: number): number => {
      const { low, high } = intervalOf(rewardBench, pairs('donotanswer', 300, size), 'score') ?? { low: 0, high: 0 };
      return high - low;
    };
    // Groups of four equal pairs tell as much as a quarter of the pairs: twice as wide.
    expect(width(4) / width(1)).toBeGreaterThan(1.6);
    expect(width(4) / width(1)).toBeLessThan(2.5);
  });

  test('leaves every section its size, so that small ones never vanish', () => {
    const items = [...pairs('donotanswer', 60), ...pairs('hep-js', 2), ...pairs('alpacaeval-easy', 2)];
    const names = scoringIntervals(rewardBench, items, { resamples: 200 }).map(({ name }) => name);
    expect(names).toContain('eval/rewardbench_score');
    // The number of sections is the same in every draw, and has no interval.
    expect(names).not.toContain('eval/rewardbench_sections');
  });

  test('draws a tied prompt together with its reference', () => {
    const stream = randomStream(1, 'intervals test');
    const items = Array.from({ length: 20 }, (_, i) =>
      ['tied', 'ref'].flatMap((kind) =>
        question({ id: `${kind}:${i}`, subset: 'Ties' }, [
          [stream.normal() + 1, true],
          [stream.normal(), false],
        ]).map((item) => ({ ...item, group: `ties ${i}` })),
      ),
    ).flat();
    const { low, high } = intervalOf(rewardBench2, items, 'ties_preferred_hard') ?? { low: NaN, high: NaN };
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeGreaterThan(low);
  });

  test('is none where all is right, and the same twice', () => {
    const right = pairs('donotanswer', 20).map((item) => ({ ...item, reward: item.isCorrect === true ? 1 : 0 }));
    expect(scoringIntervals(rewardBench, right)).toEqual([]);
    const items = pairs('donotanswer', 30);
    expect(scoringIntervals(rewardBench, items, { resamples: 50 })).toEqual(
      scoringIntervals(rewardBench, items, { resamples: 50 }),
    );
    expect(scoringIntervals(null, items)).toEqual([]);
  });
});
