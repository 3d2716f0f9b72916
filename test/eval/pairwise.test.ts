import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evaluateBaselines,
  evaluateTask,
  nullBaselines,
  pairwiseAccuracy,
  type Item,
  type Metric,
} from '../../harness/eval/index.ts';
import { pairItems, type PairRow } from './items-by-hand.ts';

function pool(rewards: readonly number[], correct: readonly number[]): Item[] {
  return rewards.map((reward, c) => ({
    set: 'pool' as const,
    itemId: 'q',
    group: 'q',
    candidate: c,
    reward,
    isCorrect: correct.includes(c),
    tokens: c + 1,
    answer: correct.includes(c) ? 'right' : `wrong ${c % 2}`,
    subset: null,
    source: null,
  }));
}

const named = (metrics: readonly Metric[]): Record<string, number> =>
  Object.fromEntries(metrics.map(({ name, value }) => [name, value]));

// Margins 1, -2, 0, 3. Wins 2 of 4, ties 1 of 4.
const rows: PairRow[] = [
  [1, 0, 10, 10],
  [0, 2, 12, 5],
  [0.5, 0.5, 3, 9],
  [2, -1, 20, 19],
];

describe('pairwiseAccuracy', () => {
  it('by hand', () => {
    const result = pairwiseAccuracy(pairItems(rows));
    expect(result).toMatchObject({
      strict: 0.5,
      halfCredit: 0.625,
      tieRate: 0.25,
      meanMargin: 0.5,
      n: 4,
      nonFinite: 0,
    });
    // log(1+e^-1) = 0.313262, log(1+e^2) = 2.126928, ln 2 = 0.693147, log(1+e^-3) = 0.048587; mean 0.795481.
    expect(result.pairwiseLoss).toBeCloseTo(0.795481, 5);
  });

  it('an untrained head with equal rewards: loss ln 2, all ties', () => {
    expect(pairwiseAccuracy(pairItems([[0, 0, 1, 1]]))).toMatchObject({
      strict: 0,
      halfCredit: 0.5,
      tieRate: 1,
      pairwiseLoss: Math.LN2,
    });
  });

  it('large margins neither overflow nor vanish', () => {
    expect(pairwiseAccuracy(pairItems([[-1000, 1000, 1, 1]])).pairwiseLoss).toBe(2000);
    expect(pairwiseAccuracy(pairItems([[1000, -1000, 1, 1]])).pairwiseLoss).toBe(0);
  });

  it('compares as float32: what is stored equal is a tie', () => {
    expect(pairwiseAccuracy(pairItems([[1 + 1e-10, 1, 1, 1]])).tieRate).toBe(1);
  });

  it('exchanging chosen and rejected mirrors every number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 })), { minLength: 1 }),
        (margins) => {
          const there = pairwiseAccuracy(pairItems(margins.map(([a, b]) => [a, b, 1, 1])));
          const back = pairwiseAccuracy(pairItems(margins.map(([a, b]) => [b, a, 1, 1])));
          expect(back.halfCredit).toBeCloseTo(1 - there.halfCredit, 12);
          expect(back.strict).toBeCloseTo(1 - there.strict - there.tieRate, 12);
          expect(back.meanMargin + there.meanMargin).toBeCloseTo(0, 12);
        },
      ),
    );
  });

  it('leaves out and counts pairs with a reward that is not finite; half a pair is a mistake', () => {
    expect(
      pairwiseAccuracy(
        pairItems([
          [NaN, 0, 1, 1],
          [1, 0, 1, 1],
          [Infinity, 0, 1, 1],
        ]),
      ),
    ).toMatchObject({ strict: 1, n: 1, nonFinite: 2 });
    expect(pairwiseAccuracy([]).strict).toBeNaN();
    expect(() => pairwiseAccuracy(pairItems(rows).slice(1))).toThrow('pair p0: expected candidates 0 and 1, found 1');
  });
});

describe('evaluateTask', () => {
  // Rewards 4 > 3 > 2 > 1, only the top one correct: best of 4 is 1, of 1 is 1/4.
  const items = [...pairItems(rows), ...pool([1, 2, 3, 4], [3])];

  it('gives the metrics under their names', () => {
    const metrics = named(evaluateTask({ items, bestOf: [1, 4, 8] }));
    expect(metrics).toMatchObject({
      'eval/pairs': 4,
      'eval/pool_questions': 1,
      'eval/non_finite_rewards': 0,
      'eval/degenerate': 0,
      'eval/pairwise_accuracy': 0.5,
      'eval/pairwise_accuracy_half_credit': 0.625,
      'eval/tie_rate': 0.25,
      'eval/mean_margin': 0.5,
      'eval/best_of_1': 0.25,
      'eval/best_of_4': 1,
      'eval/best_of_1_excluded_questions': 0,
      'eval/best_of_8_excluded_questions': 1,
    });
    // No question has eight candidates: missing, not 0.
    expect(metrics).not.toHaveProperty('eval/best_of_8');
    // Pairs 0 (10, 10) and 3 (20, 19) are within a tenth; both are won.
    expect([metrics['eval/length_matched_pairs'], metrics['eval/length_matched_pairwise_accuracy']]).toEqual([2, 1]);
  });

  it('rank correlation of reward and length', () => {
    // Rewards 1 2 3 4 on lengths 10 20 40 30: d^2 sum 2, rho = 1 - 6*2/(4*15) = 0.8.
    expect(
      named(
        evaluateTask({
          items: pairItems([
            [1, 2, 10, 20],
            [3, 4, 40, 30],
          ]),
          bestOf: [],
        }),
      )['eval/reward_length_spearman'],
    ).toBeCloseTo(0.8, 12);
    expect(
      named(
        evaluateTask({
          items: pairItems([
            [1, 2, 10, 10],
            [3, 4, 10, 10],
          ]),
          bestOf: [],
        }),
      ),
    ).not.toHaveProperty('eval/reward_length_spearman');
  });

  it('accuracy within a source, where the task names the pairs', () => {
    const metrics = named(evaluateTask({ items, bestOf: [], withinSource: new Set(['p0', 'p1', 'p3']) }));
    expect([metrics['eval/within_source_pairs'], metrics['eval/within_source_pairwise_accuracy']]).toEqual([
      3,
      expect.closeTo(2 / 3, 12),
    ]);
  });

  it('all rewards equal: flagged, and the ties are shown', () => {
    const metrics = named(
      evaluateTask({
        items: [
          ...pairItems([
            [1, 1, 2, 3],
            [1, 1, 3, 2],
          ]),
          ...pool([1, 1], [0]),
        ],
        bestOf: [2],
      }),
    );
    expect(metrics).toMatchObject({
      'eval/degenerate': 1,
      'eval/tie_rate': 1,
      'eval/pairwise_accuracy': 0,
      'eval/pairwise_accuracy_half_credit': 0.5,
      'eval/best_of_2': 0.5,
    });
  });

  it('a reward that is not finite: counted, and no accuracy is claimed', () => {
    const broken = items.map((item, i) => (i === 0 ? { ...item, reward: NaN } : item));
    expect(named(evaluateTask({ items: broken, bestOf: [1] }))).toEqual({
      'eval/pairs': 4,
      'eval/pool_questions': 1,
      'eval/non_finite_rewards': 1,
      'eval/degenerate': 1,
    });
  });

  it('one reward alone is not degenerate; two that are equal as float32 are', () => {
    const degenerate = (rewards: readonly number[]): number | undefined =>
      named(evaluateTask({ items: pool(rewards, [0]), bestOf: [] }))['eval/degenerate'];
    expect([degenerate([1]), degenerate([1, 1 + 1e-12]), degenerate([1, 1, 2]), degenerate([2, 1, 1])]).toEqual([
      0, 1, 0, 0,
    ]);
  });

  it('counts every reward that is not finite, of pairs and of the pool', () => {
    const broken = [...pairItems([[NaN, -Infinity, 1, 1]]), ...pool([Infinity, 1], [0])];
    expect(named(evaluateTask({ items: broken, bestOf: [1] }))['eval/non_finite_rewards']).toBe(3);
  });

  it('a pair with a third response, or without its first, is a mistake', () => {
    const [chosen, rejected] = pairItems(rows) as [Item, Item];
    const third = { ...rejected, candidate: 2 };
    expect(() => evaluateTask({ items: [chosen, rejected, third], bestOf: [] })).toThrow('found 0, 1, 2');
    expect(() => evaluateTask({ items: [rejected, third], bestOf: [] })).toThrow('expected candidates 0 and 1');
  });

  it('a pair and a question of one id are two things', () => {
    const same = pool([1, 2], [1]).map((item) => ({ ...item, itemId: 'p0' }));
    expect(named(evaluateTask({ items: [...pairItems(rows), ...same], bestOf: [2] }))).toMatchObject({
      'eval/pairs': 4,
      'eval/pool_questions': 1,
      'eval/best_of_2': 1,
    });
  });

  it('without a pool there is no best-of-N', () => {
    expect(
      Object.keys(named(evaluateTask({ items: pairItems(rows), bestOf: [1] }))).filter((name) =>
        name.includes('best_of'),
      ),
    ).toEqual([]);
  });
});

describe('baselines', () => {
  // Tokens of the pool are 1 2 3 4, correct are 1 and 4 (index 0 and 3).
  const items = [...pairItems(rows), ...pool([0, 0, 0, 0], [0, 3])];

  it('length rankers by hand', () => {
    // Chosen longer in pairs 1 and 3, equal in 0, shorter in 2: longest (2 + 1/2) / 4.
    const [random, longest, shortest] = nullBaselines(items);
    expect([random?.pairwiseAccuracy, longest?.pairwiseAccuracy, shortest?.pairwiseAccuracy]).toEqual([
      0.5, 0.625, 0.375,
    ]);
    expect([random?.name, longest?.name, shortest?.name]).toEqual(['random', 'longest', 'shortest']);
    expect(nullBaselines([])[0]?.pairwiseAccuracy).toBeNaN();
  });

  it('gives the metrics under their names', () => {
    const metrics = named(
      evaluateBaselines({
        untrainedHead: items,
        zeroShot: [...pairItems(rows), ...pool([1, 2, 3, 4], [0, 3])],
        bestOf: [1, 2, 4],
      }),
    );
    expect(metrics).toMatchObject({
      'baseline/random_pairwise_accuracy': 0.5,
      'baseline/longest_pairwise_accuracy': 0.625,
      'baseline/shortest_pairwise_accuracy': 0.375,
      'baseline/random_at_2': 0.5,
      'baseline/longest_at_4': 1,
      'baseline/shortest_at_1': 0.5,
      // Pairs of {R, w1, w0, R}: RR wins, {w1, w0} loses, four of R and a wrong one are ties: (1 + 4/2) / 6.
      'baseline/majority_at_2': 0.5,
      'baseline/pass_at_2': expect.closeTo(5 / 6, 12),
      'baseline/pass_at_4': 1,
      'baseline/untrained_head_pairwise_accuracy': 0.5,
      'baseline/untrained_head_best_of_4': 0.5,
      'baseline/zero_shot_pairwise_accuracy': 0.5,
      'baseline/zero_shot_best_of_4': 1,
    });
  });

  it('hold of a head only what is compared, and no counts that the evaluation has', () => {
    const twice = [...items, ...pool([0, 1], [1]).map((item) => ({ ...item, itemId: 'q2', group: 'q2' }))];
    const names = Object.keys(named(evaluateBaselines({ untrainedHead: twice, zeroShot: null, bestOf: [1, 4] })));
    const heads = names.filter((name) => name.startsWith('baseline/untrained_head_'));
    expect(heads.map((name) => name.replace('baseline/untrained_head_', '')).toSorted()).toEqual([
      'best_of_1',
      'best_of_1_standard_error',
      'best_of_4',
      'non_finite_rewards',
      'pairwise_accuracy',
      'pairwise_accuracy_half_credit',
      'tie_rate',
      'weighted_vote_at_1',
      'weighted_vote_at_4',
    ]);
    expect(names.filter((name) => name.endsWith('excluded_questions'))).toEqual([]);
    expect(names).toContain('baseline/majority_at_1_standard_error');
  });

  it('without an answer nobody votes: votes are left out, and are not 0', () => {
    const silent = items.map((item) => ({ ...item, answer: null }));
    const names = [
      ...evaluateTask({ items: silent, bestOf: [2] }),
      ...evaluateBaselines({ untrainedHead: silent, zeroShot: silent, bestOf: [2] }),
    ].map(({ name }) => name);
    expect(names.filter((name) => /vote|majority/.test(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['eval/best_of_2', 'baseline/pass_at_2', 'baseline/random_at_2']));
  });

  it('without a pretrained head or a pool those rows are missing', () => {
    const names = Object.keys(
      named(evaluateBaselines({ untrainedHead: pairItems(rows), zeroShot: null, bestOf: [2] })),
    );
    expect(
      names.filter((name) => name.includes('zero_shot') || name.includes('_at_') || name.includes('best_of')),
    ).toEqual([]);
    expect(names).toContain('baseline/untrained_head_pairwise_accuracy');
  });
});
