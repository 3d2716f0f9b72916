import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { majorityAtN, weightedVoteAtN, type Item } from '../../harness/eval/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { bruteForce, candidateOf, question, type Candidate } from './items-by-hand.ts';

/** The answer with the largest sum of weights, ties shared, worth the share of its candidates in the pool. */
function vote(pool: readonly Candidate[], subset: readonly Candidate[], weightOf: (one: Candidate) => number): number {
  const answers = [...new Set(subset.flatMap(({ answer }) => (answer === null ? [] : [answer])))];
  const sumOf = (answer: string): number =>
    subset.filter((one) => one.answer === answer).reduce((sum, one) => sum + weightOf(one), 0);
  const most = Math.max(...answers.map(sumOf));
  const winners = answers.filter((answer) => sumOf(answer) > most * (1 - 1e-9));
  const worths = winners.map((winner) => {
    const own = pool.filter(({ answer }) => answer === winner);
    return own.filter(({ isCorrect }) => isCorrect).length / own.length;
  });
  return winners.length === 0 ? 0 : worths.reduce((sum, worth) => sum + worth, 0) / winners.length;
}

const valuesOf = (estimates: readonly { value: number }[]): number[] => estimates.map(({ value }) => value);

/** Answers `a` to `d` or none, graded both ways now and then, with few rewards so that sums tie. */
const candidate = fc.record({
  reward: fc.constantFrom(-1, 0, 0, 1, 2),
  tokens: fc.constant(1),
  answer: fc.constantFrom('a', 'a', 'b', 'c', 'd', null),
  isCorrect: fc.boolean(),
});
const pools = fc.array(candidate, { minLength: 1, maxLength: 9 });

describe('against brute force over all subsets', () => {
  const check = (
    estimate: (items: readonly Item[], Ns: readonly number[]) => readonly { value: number }[],
    weightOf: (one: Candidate) => number,
  ): void => {
    fc.assert(
      fc.property(pools, (pool) => {
        const Ns = pool.map((_, index) => index + 1);
        const expected = Ns.map((N) => bruteForce(pool, N, (subset) => vote(pool, subset, weightOf)));
        expect(valuesOf(estimate(question(pool), Ns))).toEqual(
          expected.map((value) => expect.closeTo(value, 12) as number),
        );
      }),
      { numRuns: 150, seed: 11 },
    );
  };

  it('majority, at every N of a pool at once', () => check(majorityAtN, () => 1));
  it('weights exp(reward)', () => check(weightedVoteAtN, ({ reward }) => Math.exp(reward)));

  it('majority with many answers that tie', () => {
    const answers = ['right', 'right', 'a', 'b', 'c', 'd', 'e', 'e', 'f', 'f'];
    const pool = answers.map((answer) => candidateOf({ answer, isCorrect: answer === 'right' }));
    const Ns = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const expected = Ns.map((N) => bruteForce(pool, N, (subset) => vote(pool, subset, () => 1)));
    expect(valuesOf(majorityAtN(question(pool), Ns))).toEqual(
      expected.map((value) => expect.closeTo(value, 13) as number),
    );
  });
});

describe('majority, by hand', () => {
  const five = ['right', 'right', 'x', 'x', 'y'].map((answer) =>
    candidateOf({ answer, isCorrect: answer === 'right' }),
  );

  it('2 votes right, 2 wrong, 1 other: with all five the tie is split', () => {
    expect(majorityAtN(question(five), [5])[0]?.value).toBeCloseTo(0.5, 15);
    // Triples of the 10: RRx 2 and RRy 1 win (3); xxR 2 and xxy 1 lose; R,x,y 4 share a three-way tie: (3 + 4/3) / 10.
    expect(majorityAtN(question(five), [3])[0]?.value).toBeCloseTo((3 + 4 / 3) / 10, 15);
  });

  it('an answer that is graded both ways is worth its share', () => {
    const split = [true, true, false].map((isCorrect) => candidateOf({ isCorrect, answer: 'same' }));
    expect(majorityAtN(question(split), [2])[0]?.value).toBeCloseTo(2 / 3, 15);
  });

  it('a candidate without an answer casts no vote, and a subset without any is wrong', () => {
    const silent = [candidateOf({ isCorrect: true }), candidateOf({ isCorrect: true, answer: null })];
    expect(valuesOf(majorityAtN(question(silent), [1, 2]))).toEqual([0.5, 1]);
  });

  it('pools may be of different sizes; one that is too small is left out and counted', () => {
    const items = [...question(five, 'five'), ...question(five.slice(0, 2), 'two')];
    const [two, five5] = majorityAtN(items, [2, 5]);
    // Of the five: RR 1 wins, Rx 4 and Ry 2 are halves, xx 1 and xy 2 lose: (1 + 3) / 10. Of the two: 1.
    expect(two).toMatchObject({ value: expect.closeTo(0.7, 14) as number, questions: 2, excluded: 0 });
    expect(five5).toMatchObject({ value: expect.closeTo(0.5, 14) as number, questions: 1, excluded: 1 });
  });
});

describe('majority, pools of hundreds', () => {
  const two = (n: number, right: number): Item[] =>
    question(Array.from({ length: n }, (_, c) => candidateOf({ isCorrect: c < right })));

  /** Two answers: the hypergeometric tail, by logarithms of factorials. */
  function tail(n: number, right: number, N: number): number {
    const logs = [0];
    for (let k = 1; k <= n; k++) logs.push((logs[k - 1] as number) + Math.log(k));
    const log = (m: number, k: number): number => (logs[m] as number) - (logs[k] as number) - (logs[m - k] as number);
    let sum = 0;
    for (let k = Math.max(0, N - (n - right)); k <= Math.min(right, N); k++)
      if (2 * k >= N) sum += Math.exp(log(right, k) + log(n - right, N - k) - log(n, N)) * (2 * k === N ? 0.5 : 1);
    return sum;
  }

  it.each([
    [256, 130],
    [300, 140],
    [1000, 490],
  ])('of %i candidates with %i right: the hypergeometric tail at every N', (n, right) => {
    const Ns = [1, 2, 3, 16, 64, 128, 255, n - 1, n];
    expect(valuesOf(majorityAtN(two(n, right), Ns))).toEqual(
      Ns.map((N) => expect.closeTo(tail(n, right, N), 10) as number),
    );
  });

  it('of 4,000 candidates at N = 256', () => {
    expect(majorityAtN(two(4000, 2100), [1, 256]).map(({ value }) => value)).toEqual([
      expect.closeTo(0.525, 10),
      expect.closeTo(tail(4000, 2100, 256), 10),
    ]);
  });

  it('of 256 all different: no answer wins more often than any other', () => {
    const all = question(Array.from({ length: 256 }, (_, c) => candidateOf({ isCorrect: c === 0, answer: String(c) })));
    expect(valuesOf(majorityAtN(all, [1, 2, 128, 256]))).toEqual(
      [1, 1, 1, 1].map(() => expect.closeTo(1 / 256, 12) as number),
    );
  });
});

describe('reward-weighted vote', () => {
  it('one candidate may outweigh two: exp(1) > 2 exp(0), and not at exp(0.5)', () => {
    const pool = (reward: number): Item[] =>
      question([candidateOf({ reward, isCorrect: true }), candidateOf({}), candidateOf({})]);
    expect(weightedVoteAtN(pool(1), [3])[0]?.value).toBe(1);
    expect(weightedVoteAtN(pool(0.5), [3])[0]?.value).toBe(0);
  });

  it('equal rewards make it the majority vote, at any size', () => {
    const random = randomStream(3, 'weighted-equal');
    const pool = Array.from({ length: 12 }, () => candidateOf({ answer: random.pick(['a', 'b', 'c']), reward: 7 }));
    const graded = pool.map((one) => ({ ...one, isCorrect: one.answer === 'a' }));
    const Ns = [1, 2, 5, 11, 12];
    expect(valuesOf(weightedVoteAtN(question(graded), Ns))).toEqual(
      valuesOf(majorityAtN(question(graded), Ns)).map((value) => expect.closeTo(value, 12) as number),
    );
  });

  it('does not change with a constant that is added to all rewards, nor overflow', () => {
    const pool = [0, 1, 2, 3, 4].map((reward) =>
      candidateOf({ reward, isCorrect: reward === 3, answer: `${reward % 3}` }),
    );
    const shifted = (by: number): number[] =>
      valuesOf(weightedVoteAtN(question(pool.map((one) => ({ ...one, reward: one.reward + by }))), [1, 2, 3, 4]));
    expect(shifted(1024)).toEqual(shifted(0));
    expect(shifted(-1024)).toEqual(shifted(0));
  });

  it('far below the highest reward a candidate still votes, and only once', () => {
    // Of the two subsets of one, the low one is right: 1/2. Among three low ones, two of one answer win.
    const low = question([candidateOf({ reward: -2000, isCorrect: true, answer: 'a' }), candidateOf({ answer: 'b' })]);
    expect(valuesOf(weightedVoteAtN(low, [1, 2]))).toEqual([0.5, 0]);
    const three = [
      candidateOf({ reward: -2000, isCorrect: true, answer: 'a' }),
      candidateOf({ reward: -2000, isCorrect: true, answer: 'a' }),
      candidateOf({ reward: -2000, answer: 'b' }),
      candidateOf({ reward: 0, answer: 'c' }),
    ];
    expect(valuesOf(weightedVoteAtN(question(three), [3]))).toEqual([expect.closeTo(1 / 4, 12) as number]);
  });

  it('counts all subsets of 16 candidates, and draws those of 17 where they are many', () => {
    // Half of the candidates are right and all weigh the same: each subset has its own outcome, down to one left out.
    const pool = (n: number): Item[] =>
      question(Array.from({ length: n }, (_, c) => candidateOf({ isCorrect: c % 2 === 0 })));
    const isDrawn = (n: number, Ns: readonly number[]): boolean[] =>
      weightedVoteAtN(pool(n), Ns).map(({ samplingError }) => samplingError > 0);
    // 12,870 x 8 = 102,960 votes are counted; 24,310 x 8 = 194,480 are not; of 256 all pairs are (65,280).
    expect(isDrawn(16, [2, 8, 16])).toEqual([false, false, false]);
    expect(isDrawn(17, [2, 8, 16, 17])).toEqual([false, true, false, false]);
    expect(isDrawn(256, [1, 2, 3, 255, 256])).toEqual([false, false, true, false, false]);
  });

  it('sums that are equal but for the order of adding share the win', () => {
    // exp(0.1), exp(0.2) and exp(0.3) on both sides, the other way round: the last bits of the sums may differ.
    const sides = [0.1, 0.2, 0.3].flatMap((reward) => [
      candidateOf({ reward, isCorrect: true }),
      candidateOf({ reward: 0.4 - reward }),
    ]);
    expect(weightedVoteAtN(question(sides), [6])[0]?.value).toBe(0.5);
    const apart = sides.map((one, c) => (c === 0 ? { ...one, reward: 0.1001 } : one));
    expect(weightedVoteAtN(question(apart), [6])[0]?.value).toBe(1);
  });

  describe('where subsets are drawn', () => {
    const random = randomStream(5, 'weighted-drawn');
    const pools = Array.from({ length: 40 }, (_, q) =>
      question(
        Array.from({ length: 10 }, () => {
          const answer = random.pick(['a', 'b', 'c', 'd']);
          return candidateOf({
            answer,
            isCorrect: answer === 'a',
            reward: random.normal() + (answer === 'a' ? 0.3 : 0),
          });
        }),
        `q${q}`,
      ),
    );
    const items = pools.flat();
    const Ns = [2, 5, 10];
    const exact = weightedVoteAtN(items, Ns);
    const drawn = weightedVoteAtN(items, Ns, { mostVotes: 10, draws: 400 });

    it('they agree with all subsets within four of their errors, which are small', () => {
      for (const [index, { value, samplingError }] of drawn.entries()) {
        const error = Math.abs(value - (exact[index]?.value ?? NaN));
        expect(error).toBeLessThanOrEqual(4 * samplingError);
        expect(samplingError).toBeLessThan(0.006);
      }
    });

    it('their error is told where they are drawn: not of the whole pool, which is one subset', () => {
      expect(exact.map(({ samplingError }) => samplingError)).toEqual([0, 0, 0]);
      expect(drawn.map(({ samplingError }) => samplingError > 0)).toEqual([true, true, false]);
      expect(drawn[2]).toEqual(exact[2]);
    });

    it('their error falls with the square root of the draws, and is that of the field', () => {
      const few = weightedVoteAtN(items, [5], { mostVotes: 10, draws: 100 })[0]?.samplingError ?? NaN;
      expect(few / (drawn[1]?.samplingError ?? NaN)).toBeCloseTo(2, 0.5);
      // Of one question: sqrt(v (1 - v) / (draws - 1)) for values of 0 and 1.
      const [one] = weightedVoteAtN(pools[0] ?? [], [5], { mostVotes: 10, draws: 101 });
      const value = one?.value ?? NaN;
      expect(one?.samplingError).toBeCloseTo(Math.sqrt((value * (1 - value)) / 100), 10);
    });

    it('are those of the question: neither its neighbours nor the order of the list change them', () => {
      const alone = weightedVoteAtN(pools[3] ?? [], [5], { mostVotes: 10, draws: 50 });
      const among = weightedVoteAtN([...(pools[7] ?? []), ...(pools[3] ?? [])], [5], { mostVotes: 10, draws: 50 });
      const other = weightedVoteAtN(pools[7] ?? [], [5], { mostVotes: 10, draws: 50 });
      expect(among[0]?.value).toBeCloseTo(((alone[0]?.value ?? NaN) + (other[0]?.value ?? NaN)) / 2, 14);
    });
  });
});
