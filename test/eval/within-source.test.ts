import { describe, expect, it } from 'vitest';
import { byReward } from '../../harness/eval/best-of-n.ts';
import { evaluateBaselines, evaluateTask, poolSources, withinSourceAtN, type Item } from '../../harness/eval/index.ts';
import { candidateOf, question } from './items-by-hand.ts';

/** Source a writes the better answers and gets the higher rewards; within it the reward is wrong. */
const one = question(
  [
    candidateOf({ source: 'a', reward: 9, isCorrect: false }),
    candidateOf({ source: 'a', reward: 8, isCorrect: true }),
    candidateOf({ source: 'b', reward: 2, isCorrect: true }),
    candidateOf({ source: 'b', reward: 1, isCorrect: false }),
    candidateOf({ source: null, reward: 99, isCorrect: true }),
  ],
  'one',
);
const two = question(
  [
    candidateOf({ source: 'a', reward: 5, isCorrect: true }),
    candidateOf({ source: 'a', reward: 4, isCorrect: false }),
    candidateOf({ source: 'b', reward: 3, isCorrect: true }),
  ],
  'two',
);
const items: Item[] = [...one, ...two];

describe('best-of-N within a source', () => {
  it('averages over the questions of a source, and then over sources', () => {
    // N = 1: a 1/2 and 1/2, mean 1/2; b 1/2 and 1, mean 3/4; together 5/8.
    // N = 2: a picks 9 (wrong) and 5 (right), 1/2; b picks 2 (right) of question one alone, 1; together 3/4.
    const [at1, at2] = withinSourceAtN(items, [1, 2], byReward);
    expect(at1).toMatchObject({ N: 1, value: 0.625, questions: 2, excluded: 0 });
    expect(at2).toMatchObject({ N: 2, value: 0.75, questions: 2, excluded: 0 });
  });

  it('leaves questions out of which no source has enough candidates, and counts them', () => {
    const [at2, at3] = withinSourceAtN(
      [...items, ...question([candidateOf({ source: 'a' })], 'small')],
      [2, 3],
      byReward,
    );
    expect(at2).toMatchObject({ value: 0.75, questions: 2, excluded: 1 });
    expect(at3).toMatchObject({ value: NaN, questions: 0, excluded: 3 });
  });

  it('its error adds up what a question gives in all sources', () => {
    // At 1, deviation from the mean of its source times 1 / (2 sources x 2 questions):
    // question one: a 0, b -1/4; question two: a 0, b 1/4. Squares 2 / 256, times 2 / 1.
    expect(withinSourceAtN(items, [1], byReward)[0]?.standardError).toBeCloseTo(Math.sqrt((2 * 2) / 256), 14);
  });

  it('knows the sources of a pool by name, and refuses an N that is none', () => {
    expect(poolSources([...two, ...one])).toEqual(['a', 'b']);
    expect(() => withinSourceAtN(items, [0], byReward)).toThrow(RangeError);
  });
});

describe('as metrics', () => {
  const named = (some: readonly Item[]): Record<string, number> =>
    Object.fromEntries(
      [
        ...evaluateTask({ items: some, bestOf: [2, 4] }),
        ...evaluateBaselines({ untrainedHead: some, zeroShot: null, bestOf: [2, 4] }),
      ].map(({ name, value }) => [name, value]),
    );

  it('stand beside those of the whole pool, rankers without a reward too', () => {
    const metrics = named(items);
    expect(metrics).toMatchObject({
      'eval/within_source_best_of_2': 0.75,
      'eval/within_source_best_of_2_excluded_questions': 0,
      'eval/within_source_best_of_4_excluded_questions': 2,
      // a: half of both questions; b: half of question one.
      'baseline/within_source_random_at_2': 0.5,
      'baseline/within_source_pass_at_2': 1,
      'baseline/untrained_head_within_source_best_of_2': 0.75,
    });
    expect(metrics).not.toHaveProperty('eval/within_source_best_of_4');
  });

  it('are missing where one source wrote all, or none is known', () => {
    const names = (source: string | null): string[] =>
      Object.keys(named(items.map((item) => ({ ...item, source })))).filter((name) => name.includes('within_source_'));
    expect([names('a'), names(null)]).toEqual([[], []]);
  });
});
