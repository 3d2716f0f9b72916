import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestThreshold, f1At, type Solution } from '../../../harness/eval/scorings/first-error.ts';
import { question, scoresOf } from './items.ts';

let ids = 0;
/** Rewards of a solution's beginnings; `firstError`: -1 where no step is wrong. */
const solution = (subset: string, rewards: readonly number[], firstError: number): ReturnType<typeof question> =>
  question(
    { id: `${ids++}`, subset },
    rewards.map((reward, step) => [reward, firstError === -1 || step < firstError] as const),
  );

describe('ProcessBench', () => {
  const items = [
    ...solution('math', [5, 2, 1], 1),
    ...solution('math', [5, 4, 1], 1),
    ...solution('math', [5, 5], -1),
    ...solution('math', [5, 3], -1),
  ];

  test('predicts the first step whose reward is not above the threshold', () => {
    // 2.5: step 1 (right), step 2 (wrong), none (right), none (right).
    expect(scoresOf('processbench', items, { threshold: 2.5 })).toEqual({
      score: (2 * 0.5 * 1) / 1.5,
      subsets: 1,
      threshold: 2.5,
      math_f1: (2 * 0.5 * 1) / 1.5,
      math_erroneous_accuracy: 0.5,
      math_correct_accuracy: 1,
    });
    // A reward that equals the threshold is not above it.
    expect(scoresOf('processbench', items, { threshold: 3 })['math_correct_accuracy']).toBe(0.5);
  });

  test('has an F1 of 0 where both accuracies are 0, and none without solutions of both kinds', () => {
    expect(scoresOf('processbench', items, { threshold: 9 })['math_f1']).toBe(0);
    const scores = scoresOf('processbench', solution('math', [5, 1], 1), { threshold: 2 });
    expect(scores).toEqual({ subsets: 0, threshold: 2, math_erroneous_accuracy: 1 });
  });

  test('chooses the threshold on the calibration items, and does not score them', () => {
    const calibration = [...solution('calibration', [5, 1], 1), ...solution('calibration', [5, 3], -1)];
    const scores = scoresOf('processbench', [...items, ...calibration]);
    expect(scores).toMatchObject({ threshold: 2, math_erroneous_accuracy: 0.5, subsets: 1 });
    expect(scores).not.toHaveProperty('calibration_f1');
  });

  test('chooses it on gsm8k otherwise, and is the mean F1 of the subsets', () => {
    const gsm8k = [...solution('gsm8k', [5, 2], 1), ...solution('gsm8k', [5, 4], -1)];
    const scores = scoresOf('processbench', [...items, ...gsm8k]);
    expect(scores).toMatchObject({ threshold: 3, gsm8k_f1: 1, subsets: 2 });
    expect(scores['score']).toBeCloseTo((1 + (scores['math_f1'] as number)) / 2, 12);
  });

  test('gives nothing where there is nothing to choose it on', () => {
    expect(scoresOf('processbench', items)).toEqual({});
  });
});

test('the best threshold is as good as the best of all there are', () => {
  const anySolution = fc
    .array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 })
    .chain((rewards) =>
      fc.integer({ min: -1, max: rewards.length - 1 }).map((firstError): Solution => ({ rewards, firstError })),
    );
  fc.assert(
    fc.property(fc.array(anySolution, { maxLength: 8 }), (solutions) => {
      const threshold = bestThreshold(solutions);
      const all = Array.from({ length: 17 }, (_, half) => f1At(solutions, half / 2 - 1).f1);
      if (threshold === null) expect(all.every(Number.isNaN)).toBe(true);
      else expect(f1At(solutions, threshold).f1).toBeCloseTo(Math.max(...all), 12);
    }),
  );
});
