import { describe, expect, test } from 'vitest';
import { question, scoresOf } from './items.ts';

const four = (
  id: string,
  subset: string,
  rewards: readonly [number, number, number, number],
): ReturnType<typeof question> =>
  question(
    { id, subset },
    rewards.map((reward, i) => [reward, i === 0] as const),
  );
const ties = (id: string, right: readonly number[], wrong: readonly number[]): ReturnType<typeof question> =>
  question({ id, subset: 'Ties' }, [
    ...right.map((reward) => [reward, true] as const),
    ...wrong.map((reward) => [reward, false] as const),
  ]);

describe('RewardBench 2', () => {
  test('gives 1/k where the right response shares the highest reward, and nothing below it', () => {
    const scores = scoresOf('rewardbench2', [
      ...four('1', 'Factuality', [3, 1, 2, 0]),
      ...four('2', 'Factuality', [3, 3, 2, 0]),
      ...four('3', 'Factuality', [3, 3, 3, 3]),
      ...four('4', 'Factuality', [1, 3, 0, 0]),
    ]);
    expect(scores['factuality']).toBeCloseTo((1 + 1 / 2 + 1 / 4 + 0) / 4, 12);
  });

  test('compares rewards as float32, as they are stored', () => {
    expect(scoresOf('rewardbench2', four('1', 'Math', [1 + 1e-9, 1, 0, 0]))['math']).toBe(0.5);
  });

  test('is the plain mean of the subsets that are there', () => {
    const scores = scoresOf('rewardbench2', [
      ...four('1', 'Math', [1, 0, 0, 0]),
      ...four('2', 'Math', [1, 0, 0, 0]),
      ...four('3', 'Precise IF', [0, 1, 0, 0]),
    ]);
    expect(scores).toMatchObject({ math: 1, precise_if: 0, score: 0.5, subsets: 2 });
    expect(scores).not.toHaveProperty('ties');
  });

  test('scores ties by accuracy and by margins', () => {
    // tied:1: gap 5 - 3 = 2, spread 6 - 5 = 1; ref:1: gap 1. Smaller gap 1, which is not above the spread.
    // tied:2: gap 1 - 2 = -1, spread 3 - 1 = 2; ref:2: gap 4. Smaller gap -1.
    const scores = scoresOf('rewardbench2', [
      ...ties('tied:1', [6, 5], [3, 0]),
      ...ties('ref:1', [4], [3, 1]),
      ...ties('tied:2', [3, 1], [2]),
      ...ties('ref:2', [5], [1]),
    ]);
    const margin = (Math.tanh(1 / 1 - 1) + Math.tanh(-1 / 2 - 1)) / 2;
    expect(scores).toMatchObject({
      ties_tied_accuracy: 0.5,
      ties_ref_accuracy: 1,
      ties_preferred: 0.5,
      ties_preferred_hard: 0,
      ties_margin: margin,
    });
    expect(scores['ties']).toBeCloseTo(0.3 * 0.5 + 0.3 * 1 + 0.2 * 0.5 + 0.01 * margin, 12);
  });

  test('counts accuracies over prompts without their partner, margins over those with it', () => {
    const scores = scoresOf('rewardbench2', [
      ...ties('tied:1', [9, 8], [0]),
      ...ties('ref:1', [4], [3]),
      ...ties('tied:2', [0, 0], [5]),
      ...ties('ref:3', [0], [5]),
    ]);
    expect(scores).toMatchObject({ ties_tied_accuracy: 0.5, ties_ref_accuracy: 0.5, ties_preferred: 1 });
  });

  test('takes a spread of 0 for infinitely well told apart, and for no margin where the gap is 0 too', () => {
    const apart = [...ties('tied:1', [5, 5], [3]), ...ties('ref:1', [4], [3])];
    const equal = [...ties('tied:1', [5, 5], [5]), ...ties('ref:1', [4], [3])];
    expect(scoresOf('rewardbench2', apart)['ties_margin']).toBe(1);
    expect(scoresOf('rewardbench2', equal)['ties_margin']).toBe(0);
  });

  test('keeps the score a share where the last term of ties would lead out of it', () => {
    const best = [...ties('tied:1', [5, 5], [3]), ...ties('ref:1', [4], [3])];
    const scores = scoresOf('rewardbench2', best);
    expect(scores['ties']).toBeCloseTo(1.01, 12);
    expect(scores['score']).toBe(1);
  });
});
