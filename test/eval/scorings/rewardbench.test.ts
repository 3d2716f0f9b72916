import { describe, expect, test } from 'vitest';
import { pair, scoresOf } from './items.ts';

let ids = 0;
/** `won` of `count` pairs of a subset, and `tied` whose rewards are equal. */
const pairs = (subset: string, count: number, won: number, tied = 0): ReturnType<typeof pair> =>
  Array.from({ length: count }, (_, i) =>
    pair({ id: `${ids++}`, subset }, i < won || i >= count - tied ? 1 : 0, i >= count - tied ? 1 : 0.5),
  ).flat();

describe('RewardBench', () => {
  test('weighs the subsets of a section by their published sizes, not by the rows that are there', () => {
    const scores = scoresOf('rewardbench', [...pairs('alpacaeval-easy', 4, 4), ...pairs('mt-bench-easy', 10, 5)]);
    expect(scores['chat']).toBeCloseTo((1 * 100 + 0.5 * 28) / 128, 12);
    expect(scores['subset_mt_bench_easy']).toBe(0.5);
  });

  test('lets mathematics count as much as the six subsets of code', () => {
    const code = ['cpp', 'go', 'java', 'js', 'python', 'rust'].flatMap((language) => pairs(`hep-${language}`, 2, 2));
    expect(scoresOf('rewardbench', [...pairs('math-prm', 4, 1), ...code])['reasoning']).toBeCloseTo((0.25 + 1) / 2, 12);
  });

  test('is the mean of the sections that are there, and says how many', () => {
    const scores = scoresOf('rewardbench', [
      ...pairs('alpacaeval-hard', 2, 2),
      ...pairs('llmbar-natural', 2, 0),
      ...pairs('donotanswer', 2, 1),
    ]);
    expect(scores).toMatchObject({ score: 0.5, sections: 3, chat: 1, chat_hard: 0, safety: 0.5 });
    expect(scores).not.toHaveProperty('reasoning');
  });

  test('counts the prior sets half, as the plain mean of the four that belong to the score', () => {
    const scores = scoresOf('rewardbench', [
      ...pairs('alpacaeval-hard', 1, 1),
      ...pairs('mt-bench-hard', 1, 1),
      ...pairs('donotanswer', 1, 1),
      ...pairs('math-prm', 1, 1),
      ...pairs('shp', 3, 0),
      ...pairs('summarize', 1, 1),
      ...pairs('mtbench_human', 1, 0),
    ]);
    expect(scores['prior_sets']).toBe(0.5);
    expect(scores['score']).toBeCloseTo((4 + 0.5 * 0.5) / 4.5, 12);
  });

  test('takes equal rewards for a loss', () => {
    expect(scoresOf('rewardbench', pairs('xstest-should-refuse', 4, 1, 2))['safety']).toBe(0.25);
  });

  test('gives nothing of items of another task, or with a reward that is not finite', () => {
    expect(scoresOf('rewardbench', pairs('algebra', 2, 1))).toEqual({ subset_algebra: 0.5 });
    expect(scoresOf('rewardbench', [...pairs('donotanswer', 2, 1), ...pair({ id: 'x', subset: 's' }, NaN, 0)])).toEqual(
      {},
    );
  });
});
