import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auc } from '../../../harness/eval/auc.ts';
import { bestOfN, passAtN } from '../../../harness/eval/index.ts';
import { pair, question, scoresOf } from './items.ts';

describe('JudgeBench', () => {
  test('is the accuracy over all pairs, and by category', () => {
    const scores = scoresOf('judgebench', [
      ...pair({ id: '1', subset: 'knowledge' }, 1, 0),
      ...pair({ id: '2', subset: 'knowledge' }, 1, 0),
      ...pair({ id: '3', subset: 'knowledge' }, 1, 1),
      ...pair({ id: '4', subset: 'coding' }, 0, 1),
    ]);
    expect(scores).toEqual({ score: 0.5, knowledge: 2 / 3, coding: 0 });
  });
});

describe('PPE, votes of people', () => {
  test('counts a prompt for each of its kinds', () => {
    const scores = scoresOf('ppe_human', [
      ...pair({ id: '1', subset: 'hard+code' }, 1, 0),
      ...pair({ id: '2', subset: 'hard' }, 0, 1),
      ...pair({ id: '3', subset: 'other' }, 1, 0),
    ]);
    expect(scores).toEqual({ score: 2 / 3, hard: 0.5, code: 1, other: 1 });
  });
});

describe('PPE, checked samples', () => {
  test('has accuracy, area under the curve, and the curve of best-of-k', () => {
    const scores = scoresOf('ppe_correctness', [
      ...pair({ id: 'p', subset: 'math' }, 2, 1),
      ...question({ id: 'q', subset: 'math' }, [
        [3, false],
        [2, true],
        [1, false],
      ]),
    ]);
    // Best of 1: 1/3. Of 2: {3,2} wrong, {3,1} wrong, {2,1} right: 1/3. Of 3: wrong. A perfect ranker: 1/3, 2/3, 1.
    expect(scores).toMatchObject({ score: 1, math_accuracy: 1, auc: 0.5, best_of_k_end: 0, benchmarks: 1 });
    expect(scores['best_of_k_max']).toBeCloseTo(1 / 3, 12);
    expect(scores['best_of_k_loss']).toBeCloseTo((0 + 1 / 3 + 1) / 3, 12);
  });

  test('is the mean over benchmarks, whatever their sizes, over those that have the metric', () => {
    const scores = scoresOf('ppe_correctness', [
      ...pair({ id: '1', subset: 'math' }, 1, 0),
      ...pair({ id: '2', subset: 'gpqa' }, 0, 1),
      ...pair({ id: '3', subset: 'gpqa' }, 0, 1),
      ...pair({ id: '4', subset: 'gpqa' }, 1, 0),
    ]);
    expect(scores['score']).toBeCloseTo((1 + 1 / 3) / 2, 12);
    expect(scores).not.toHaveProperty('auc');
    expect(scores).not.toHaveProperty('best_of_k_end');
  });

  test('draws the curve that best-of-N and pass@N draw', () => {
    const candidate = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(candidate, { minLength: 1, maxLength: 9 }), (candidates) => {
        const items = question({ id: 'q', subset: 'math' }, candidates);
        const ks = candidates.map((_, index) => index + 1);
        const [picked, perfect] = [bestOfN(items, ks), passAtN(items, ks)].map((all) => all.map(({ value }) => value));
        const scores = scoresOf('ppe_correctness', items);
        expect(scores['best_of_k_max']).toBeCloseTo(Math.max(...(picked ?? [])), 12);
        expect(scores['best_of_k_end']).toBeCloseTo(picked?.at(-1) as number, 12);
        const loss = (perfect ?? []).reduce((sum, value, k) => sum + value - (picked?.[k] as number), 0) / ks.length;
        expect(scores['best_of_k_loss']).toBeCloseTo(loss, 12);
      }),
    );
  });
});

test('the area under the ROC curve is the share of pairs of a right and a wrong item that are in order', () => {
  const item = fc.record({ reward: fc.integer({ min: 0, max: 4 }), isCorrect: fc.option(fc.boolean()) });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 12 }), (items) => {
      const of = (label: boolean): readonly number[] =>
        items.filter(({ isCorrect }) => isCorrect === label).map(({ reward }) => reward);
      const credits = of(true).flatMap((right) => of(false).map((wrong) => (1 + Math.sign(right - wrong)) / 2));
      const expected = credits.length === 0 ? null : credits.reduce((sum, one) => sum + one, 0) / credits.length;
      const area = auc(items.filter(({ isCorrect }) => isCorrect !== null));
      if (expected === null) expect(area).toBeNull();
      else expect(area).toBeCloseTo(expected, 12);
    }),
  );
});
