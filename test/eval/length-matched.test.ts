import { describe, expect, it } from 'vitest';
import { evaluateTask } from '../../harness/eval/index.ts';
import { pairsOf } from '../../harness/eval/item.ts';
import { lengthMatchedPairs } from '../../harness/eval/length-matched.ts';
import { pairItems } from './items-by-hand.ts';

describe('pairs of about equal length', () => {
  it.each([
    [10, 9, true],
    [9, 10, true],
    // One tenth of the longer is 1.1, of the shorter 0.9: the longer one counts.
    [11, 10, true],
    [9, 8, false],
    [10, 8, false],
    [100, 90, true],
    [100, 89, false],
    [99, 110, true],
    [99, 111, false],
    [7, 7, true],
    // A tenth of 30 is no exact fraction in floating point.
    [30, 27, true],
    [70, 63, true],
    [70, 62, false],
  ])('%i and %i tokens: %s', (chosen, rejected, isMatched) => {
    expect(lengthMatchedPairs(pairsOf(pairItems([[1, 0, chosen, rejected]])))).toHaveLength(isMatched ? 1 : 0);
  });

  it('have an accuracy of their own, and none where there is no such pair', () => {
    const named = (rows: readonly (readonly [number, number, number, number])[]): Record<string, number> =>
      Object.fromEntries(evaluateTask({ items: pairItems(rows), bestOf: [] }).map(({ name, value }) => [name, value]));
    const some = named([
      [1, 0, 10, 10],
      [0, 1, 20, 19],
      [1, 1, 20, 20],
      [1, 0, 20, 5],
    ]);
    // One won, one lost, one tied (wrong), one not matched.
    expect(some['eval/length_matched_pairs']).toBe(3);
    expect(some['eval/length_matched_pairwise_accuracy']).toBeCloseTo(1 / 3, 14);
    const nothing = named([[1, 0, 20, 5]]);
    expect(nothing['eval/length_matched_pairs']).toBe(0);
    expect(nothing).not.toHaveProperty('eval/length_matched_pairwise_accuracy');
  });
});
