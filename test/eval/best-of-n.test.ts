import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestOfN,
  longestAtN,
  majorityAtN,
  passAtN,
  randomAtN,
  shortestAtN,
  type Item,
} from '../../harness/eval/index.ts';
import { tiedAtTop } from '../../harness/eval/best-of-n.ts';
import { meanAtN, topRankWeights } from '../../harness/eval/subsets.ts';
import { bruteForce, candidateOf, question, type Candidate } from './items-by-hand.ts';

const bestOfNTies = (items: readonly Item[], Ns: readonly number[]) => meanAtN(items, Ns, tiedAtTop);
const share = (some: readonly Candidate[]): number => some.filter(({ isCorrect }) => isCorrect).length / some.length;
const topBy =
  (score: (candidate: Candidate) => number) =>
  (subset: readonly Candidate[]): number =>
    share(subset.filter((candidate) => score(candidate) === Math.max(...subset.map(score))));

function vote(subset: readonly Candidate[]): number {
  const voters = subset.filter(({ answer }) => answer !== null);
  const votes = (answer: string | null): number => voters.filter((other) => other.answer === answer).length;
  const answers = [...new Set(voters.map(({ answer }) => answer))];
  const winners = answers.filter((answer) => votes(answer) === Math.max(...answers.map(votes)));
  return winners.length === 0
    ? 0
    : winners.reduce((sum, winner) => sum + (winner === 'right' ? 1 : 0), 0) / winners.length;
}

const candidate = fc
  .record({
    reward: fc.integer({ min: 0, max: 4 }),
    tokens: fc.integer({ min: 1, max: 4 }),
    answer: fc.constantFrom('right', 'right', 'x', 'y', 'z', null),
  })
  .map((drawn): Candidate => ({ ...drawn, isCorrect: drawn.answer === 'right' }));

describe('against brute force over all subsets (ties on purpose)', () => {
  const pools = fc.tuple(fc.array(candidate, { minLength: 8, maxLength: 8 }), fc.constantFrom(1, 2, 3, 5, 8));
  const check = (
    estimate: (items: readonly Item[], Ns: readonly number[]) => { value: number }[],
    correctness: (subset: readonly Candidate[]) => number,
  ): void => {
    fc.assert(
      fc.property(pools, ([candidates, N]) => {
        expect(estimate(question(candidates), [N])[0]?.value).toBeCloseTo(bruteForce(candidates, N, correctness), 12);
      }),
      { numRuns: 150, seed: 7 },
    );
  };

  it('best-of-N', () =>
    check(
      bestOfN,
      topBy(({ reward }) => reward),
    ));
  it('longest', () =>
    check(
      longestAtN,
      topBy(({ tokens }) => tokens),
    ));
  it('shortest', () =>
    check(
      shortestAtN,
      topBy(({ tokens }) => -tokens),
    ));
  it('random', () => check(randomAtN, share));
  it('ties at the top', () =>
    check(bestOfNTies, (subset) => {
      const top = Math.max(...subset.map(({ reward }) => reward));
      return subset.filter(({ reward }) => reward === top).length > 1 ? 1 : 0;
    }));
  it('pass@N', () => check(passAtN, (subset) => (subset.some(({ isCorrect }) => isCorrect) ? 1 : 0)));
  it('majority@N', () => check(majorityAtN, vote));
});

describe('by hand', () => {
  // Rewards 3 > 2 > 1 with only the second correct. Subsets of two: {3,2} wrong, {3,1} wrong, {2,1} correct: 1/3.
  const three: Candidate[] = [3, 2, 1].map((reward) => ({
    reward,
    isCorrect: reward === 2,
    tokens: reward,
    answer: String(reward),
  }));

  it('best of two of three', () => {
    expect(bestOfN(question(three), [1, 2, 3]).map(({ value }) => value)).toEqual(
      [1 / 3, 1 / 3, 0].map((value) => expect.closeTo(value, 15)),
    );
  });

  it('all rewards equal is the random pick for every N', () => {
    const flat = three.map((row) => ({ ...row, reward: 0.1 }));
    for (const { value } of bestOfN(question(flat), [1, 2, 3])) expect(value).toBeCloseTo(1 / 3, 15);
  });

  it('rewards that are equal as float32 are ties', () => {
    const almost = three.map((row) => ({ ...row, reward: 1 + row.reward * 1e-12 }));
    expect(bestOfN(question(almost), [3])[0]?.value).toBeCloseTo(1 / 3, 15);
  });

  it('majority: 2 votes right, 2 wrong, 1 other; with all five the tie is split', () => {
    const five: Candidate[] = ['right', 'right', 'x', 'x', 'y'].map((answer) => ({
      reward: 0,
      isCorrect: answer === 'right',
      tokens: 1,
      answer,
    }));
    expect(majorityAtN(question(five), [5])[0]?.value).toBeCloseTo(0.5, 15);
    // Triples of the 10: RRx 2 and RRy 1 win (3); xxR 2 and xxy 1 lose; R,x,y 4 share a three-way tie: (3 + 4/3) / 10.
    expect(majorityAtN(question(five), [3])[0]?.value).toBeCloseTo((3 + 4 / 3) / 10, 15);
  });

  it('an answer that graders judge both ways is worth its share', () => {
    const split: Candidate[] = [true, true, false].map((isCorrect) => ({
      reward: 0,
      isCorrect,
      tokens: 1,
      answer: 'same',
    }));
    expect(majorityAtN(question(split), [2])[0]?.value).toBeCloseTo(2 / 3, 15);
  });

  it('questions with too few candidates are left out and counted; none left is no number', () => {
    const items = [...question(three, 'a'), ...question(three.slice(0, 2), 'b')];
    expect(bestOfN(items, [2, 3, 4]).map(({ questions, excluded }) => [questions, excluded])).toEqual([
      [2, 0],
      [1, 1],
      [0, 2],
    ]);
    expect(bestOfN(items, [4])[0]?.value).toBeNaN();
    // 'a' gives 1/3, 'b' (3 wrong above 2 correct) gives 0.
    expect(bestOfN(items, [2])[0]?.value).toBeCloseTo(1 / 6, 15);
    expect(() => bestOfN(items, [0])).toThrow(RangeError);
  });
});

describe('standard errors', () => {
  // Best of one of two: 1, 0.5 and 0, mean 0.5; deviations 0.5, 0, -0.5.
  const shares = [2, 1, 0].map((right) => [0, 1].map((c) => candidateOf({ reward: c, isCorrect: c < right })));
  const errorOf = (groups: readonly string[]): number | undefined =>
    bestOfN(
      shares.flatMap((candidates, q) => question(candidates, `q${q}`, groups[q])),
      [1],
    )[0]?.standardError;

  it('of independent questions is that of the mean: s / sqrt(n)', () => {
    // s^2 = (0.25 + 0 + 0.25) / 2 = 0.25, over three: sqrt(0.25 / 3).
    expect(errorOf(['a', 'b', 'c'])).toBeCloseTo(Math.sqrt(0.25 / 3), 14);
  });

  it('adds up the deviations of a group before they are squared', () => {
    // Groups {1, 0.5} and {0}: sums 0.5 and -0.5 over three questions, (0.25 + 0.25) / 9 * 2 / 1.
    expect(errorOf(['a', 'a', 'b'])).toBeCloseTo(Math.sqrt((0.5 / 9) * 2), 14);
    // Groups {1, 0} and {0.5}: the deviations of a group cancel.
    expect(errorOf(['a', 'b', 'a'])).toBeCloseTo(0, 14);
  });

  it('is not defined for one group, and counting all subsets adds no error of drawing', () => {
    expect(errorOf(['a', 'a', 'a'])).toBeNaN();
    expect(bestOfN(question(shares[1] ?? []), [1, 2]).map(({ samplingError }) => samplingError)).toEqual([0, 0]);
  });

  it('is that of the questions counted at this N', () => {
    const items = [...question(shares[0] ?? [], 'a'), ...question((shares[2] ?? []).slice(1), 'b')];
    const [one, two] = bestOfN(items, [1, 2]);
    // At 1: values 1 and 0, s^2 = 0.5, over two: 0.5. At 2 one question is left.
    expect(one?.standardError).toBeCloseTo(0.5, 14);
    expect(two?.standardError).toBeNaN();
  });
});

describe('laws', () => {
  it('rank weights are a distribution for every N up to n = 256', () => {
    for (const N of [1, 2, 7, 128, 255, 256]) {
      const weights = topRankWeights(256, N);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(weights.every((weight) => weight >= 0)).toBe(true);
    }
  });

  it('rank weights are C(r, N - 1) / C(n, N)', () => {
    // n = 5, N = 3: C(5, 3) = 10; C(2, 2) = 1, C(3, 2) = 3, C(4, 2) = 6.
    expect(topRankWeights(5, 3)).toEqual([0, 0, 0.1, 0.3, 0.6].map((weight) => expect.closeTo(weight, 15) as number));
    expect(topRankWeights(4, 1)).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(topRankWeights(300, 300).filter((weight) => weight !== 0)).toEqual([1]);
  });

  it('at n = 256 a perfect ranker reaches pass@N', () => {
    const many = Array.from({ length: 256 }, (_, c) =>
      candidateOf({ reward: c % 3 === 0 ? 0 : 1, isCorrect: c % 3 !== 0 }),
    );
    const Ns = [1, 4, 32, 128, 256];
    const best = bestOfN(question(many), Ns).map(({ value }) => value);
    expect(best).toEqual(passAtN(question(many), Ns).map(({ value }) => expect.closeTo(value, 12) as number));
  });

  it('of 300 candidates of different rewards: the share of subsets whose top is right, at every N', () => {
    // Right are the 1st, the 11th, ... by rank: the top is rank r (from 0) with C(299 - r, N - 1) / C(300, N).
    const pool = Array.from({ length: 300 }, (_, rank) => candidateOf({ reward: -rank, isCorrect: rank % 10 === 0 }));
    const Ns = [1, 2, 128, 256, 299, 300];
    const expected = Ns.map((N) => {
      let probability = N / 300;
      let sum = 0;
      for (let rank = 0; rank <= 300 - N; rank++) {
        if (rank % 10 === 0) sum += probability;
        probability *= (300 - N - rank) / (299 - rank);
      }
      return expect.closeTo(sum, 12) as number;
    });
    expect(bestOfN(question(pool), Ns).map(({ value }) => value)).toEqual(expected);
    expect(bestOfNTies(question(pool), Ns).map(({ value }) => value)).toEqual(
      Ns.map(() => expect.closeTo(0, 12) as number),
    );
  });

  it('pass@N is one as soon as every subset must hold a right candidate, and not before', () => {
    const pool = Array.from({ length: 256 }, (_, c) => candidateOf({ isCorrect: c < 2 }));
    const [before, from] = passAtN(question(pool), [254, 255]).map(({ value }) => value);
    // 254 of 256 miss both right ones in one of C(256, 254) = 32,640 subsets.
    expect(before).toBeCloseTo(1 - 1 / 32_640, 15);
    expect(from).toBe(1);
  });

  it.each([0, -1, 1.5, NaN])('refuses N = %s', (N) => {
    expect(() => bestOfN(question([candidateOf({})]), [N])).toThrow(`N must be a positive integer, found ${N}`);
  });
});
