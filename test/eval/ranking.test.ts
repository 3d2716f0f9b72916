import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auc } from '../../harness/eval/auc.ts';
import { evaluateTask, type Item } from '../../harness/eval/index.ts';
import { candidateOf, pairItems, question, type Candidate } from './items-by-hand.ts';

const of = (reward: number, isCorrect: boolean | null): Candidate => candidateOf({ reward, isCorrect });

describe('AUC', () => {
  it('by hand: a tie counts one half', () => {
    // Right 2 and 1 against wrong 1 and 0: 2 > 1, 2 > 0, 1 = 1, 1 > 0: 3.5 of 4.
    expect(auc([of(2, true), of(1, true), of(1, false), of(0, false)])).toBe(0.875);
    expect(auc([of(1, true), of(0, false)])).toBe(1);
    expect(auc([of(0, true), of(1, false)])).toBe(0);
  });

  it('is the share of pairs, looked at one by one, and mirrors with the rewards', () => {
    const candidates = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(candidates, (drawn) => {
        const right = drawn.filter(([, isCorrect]) => isCorrect).map(([reward]) => reward);
        const wrong = drawn.filter(([, isCorrect]) => !isCorrect).map(([reward]) => reward);
        const credits = right.flatMap((r) => wrong.map((w) => (r > w ? 1 : r === w ? 0.5 : 0)));
        const area = auc(drawn.map(([reward, isCorrect]) => of(reward, isCorrect)));
        if (credits.length === 0) {
          expect(area).toBeNull();
          return;
        }
        expect(area).toBeCloseTo(credits.reduce<number>((sum, one) => sum + one, 0) / credits.length, 12);
        expect(auc(drawn.map(([reward, isCorrect]) => of(-reward, isCorrect)))).toBeCloseTo(1 - (area ?? NaN), 12);
      }),
      { seed: 13 },
    );
  });

  it('compares as float32, and an ungraded candidate is a wrong one', () => {
    expect(auc([of(1 + 1e-12, true), of(1, false)])).toBe(0.5);
    expect(auc([of(1, true), of(0, null)])).toBe(1);
    expect(auc([of(1, true), of(0, true)])).toBeNull();
    expect(auc([of(1, null), of(0, false)])).toBeNull();
  });
});

const named = (items: readonly Item[]): Record<string, number> =>
  Object.fromEntries(evaluateTask({ items, bestOf: [1] }).map(({ name, value }) => [name, value]));

describe('as metrics of a pool', () => {
  it('within questions it does not matter that one question has higher rewards; over all it does', () => {
    const high = question([of(11, true), of(10, false)], 'high');
    const low = question([of(1, true), of(0, false)], 'low');
    const solved = question([of(5, true), of(4, true)], 'solved');
    // Over all: right 11, 1, 5, 4 against wrong 10 and 0: 2 + 1 + 1 + 1 = 5 of 8.
    expect(named([...high, ...low, ...solved])).toMatchObject({
      'eval/auc': 0.625,
      'eval/auc_within_questions': 1,
      'eval/auc_questions': 2,
    });
  });

  it('the rank correlation of reward and length is that within questions, averaged where it is defined', () => {
    const along = question(
      [1, 2, 3].map((n) => candidateOf({ reward: n, tokens: 10 * n })),
      'along',
    );
    // Ranks 1 2 3 against 2 1 3: 1 - 6 * 2 / (3 * 8) = 0.5.
    const partly = question(
      [20, 10, 30].map((tokens, n) => candidateOf({ reward: n, tokens })),
      'partly',
    );
    const equal = question(
      [1, 2].map((reward) => candidateOf({ reward, tokens: 5 })),
      'equal',
    );
    expect(named([...along, ...partly, ...equal])['eval/pool_reward_length_spearman']).toBeCloseTo(0.75, 12);
    expect(named(equal)).not.toHaveProperty('eval/pool_reward_length_spearman');
  });

  it('a pool without right candidates has no AUC, and pairs alone have none of these', () => {
    const metrics = named(question([of(1, false), of(0, false)]));
    expect(metrics).not.toHaveProperty('eval/auc');
    expect(metrics).not.toHaveProperty('eval/auc_within_questions');
    expect(metrics['eval/auc_questions']).toBe(0);
    expect(
      Object.keys(named(pairItems([[1, 0, 1, 1]]))).filter((name) => /auc|pool_reward|ungraded/.test(name)),
    ).toEqual([]);
  });

  it('tells how often a coin must choose at the top', () => {
    // Rewards 2 2 1: of three pairs one is tied at the top; the whole is.
    const items = question([of(2, true), of(2, false), of(1, false)]);
    const metrics = Object.fromEntries(
      evaluateTask({ items, bestOf: [1, 2, 3, 4] }).map(({ name, value }) => [name, value]),
    );
    expect(metrics['eval/best_of_1_tie_rate']).toBe(0);
    expect(metrics['eval/best_of_2_tie_rate']).toBeCloseTo(1 / 3, 14);
    expect(metrics['eval/best_of_3_tie_rate']).toBe(1);
    expect(metrics).not.toHaveProperty('eval/best_of_4_tie_rate');
  });
});
