import { describe, expect, it } from 'vitest';
import { evaluateBaselines, evaluateTask, type Item, type Metric } from '../../harness/eval/index.ts';
import { candidateOf, question } from './items-by-hand.ts';

const named = (metrics: readonly Metric[]): Record<string, number> =>
  Object.fromEntries(metrics.map(({ name, value }) => [name, value]));

/** The top candidate could not be graded; the second is right. */
const items: Item[] = question([
  candidateOf({ reward: 3, isCorrect: null, answer: 'odd' }),
  candidateOf({ reward: 2, isCorrect: true }),
  candidateOf({ reward: 1, isCorrect: false }),
]);

describe('candidates that nobody could grade', () => {
  it('are counted and count as wrong, and bounds say what they could change', () => {
    expect(named(evaluateTask({ items, bestOf: [1, 3] }))).toMatchObject({
      'eval/ungraded': 1,
      'eval/best_of_1': expect.closeTo(1 / 3, 14) as number,
      'eval/best_of_1_low': expect.closeTo(1 / 3, 14) as number,
      'eval/best_of_1_high': expect.closeTo(2 / 3, 14) as number,
      'eval/best_of_3': 0,
      'eval/best_of_3_low': 0,
      'eval/best_of_3_high': 1,
      'eval/weighted_vote_at_3_low': 0,
      'eval/weighted_vote_at_3_high': 1,
    });
  });

  it('bound the rankers without a reward too', () => {
    expect(named(evaluateBaselines({ untrainedHead: items, zeroShot: null, bestOf: [1] }))).toMatchObject({
      'baseline/random_at_1': expect.closeTo(1 / 3, 14) as number,
      'baseline/random_at_1_low': expect.closeTo(1 / 3, 14) as number,
      'baseline/random_at_1_high': expect.closeTo(2 / 3, 14) as number,
      'baseline/pass_at_1_high': expect.closeTo(2 / 3, 14) as number,
      'baseline/majority_at_1_high': expect.closeTo(2 / 3, 14) as number,
    });
  });

  it('where all are graded there are no bounds, and the count is 0', () => {
    const graded = items.map((item) => ({ ...item, isCorrect: item.isCorrect ?? false }));
    const metrics = named(evaluateTask({ items: graded, bestOf: [1, 3] }));
    expect(metrics['eval/ungraded']).toBe(0);
    expect(Object.keys(metrics).filter((name) => /_(low|high)$/.test(name))).toEqual([]);
  });
});
