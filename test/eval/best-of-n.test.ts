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
import { topRankWeights } from '../../harness/eval/subsets.ts';

interface Candidate {
  readonly reward: number;
  readonly isCorrect: boolean;
  readonly tokens: number;
  readonly answer: string | null;
}

function question(candidates: readonly Candidate[], itemId = 'q'): Item[] {
  return candidates.map((candidate, c) => ({
    set: 'pool',
    itemId,
    group: itemId,
    candidate: c,
    subset: null,
    source: null,
    ...candidate,
  }));
}

function subsets<T>(items: readonly T[], N: number): T[][] {
  if (N === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), N - 1).map((rest) => [item, ...rest]));
}

/** Mean over all subsets, by looking at each. */
function bruteForce(
  candidates: readonly Candidate[],
  N: number,
  correctness: (subset: readonly Candidate[]) => number,
): number {
  const all = subsets(candidates, N);
  return all.reduce((sum, subset) => sum + correctness(subset), 0) / all.length;
}

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

describe('laws', () => {
  it('rank weights are a distribution for every N up to n = 256', () => {
    for (const N of [1, 2, 7, 128, 255, 256]) {
      const weights = topRankWeights(256, N);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(weights.every((weight) => weight >= 0)).toBe(true);
    }
  });

  it('at n = 256 a perfect ranker reaches pass@N, and the vote of a two-thirds majority becomes certain', () => {
    const many: Candidate[] = Array.from({ length: 256 }, (_, c) => ({
      reward: c % 3 === 0 ? 0 : 1,
      isCorrect: c % 3 !== 0,
      tokens: 1,
      answer: c % 3 === 0 ? 'x' : 'right',
    }));
    const Ns = [1, 4, 32, 128, 256];
    const best = bestOfN(question(many), Ns).map(({ value }) => value);
    expect(best).toEqual(passAtN(question(many), Ns).map(({ value }) => expect.closeTo(value, 12) as number));
    const votes = majorityAtN(question(many), [1, 33, 255]).map(({ value }) => value);
    expect(votes[0]).toBeCloseTo(170 / 256, 12);
    expect(votes[1]).toBeGreaterThan(0.97);
    expect(votes[2]).toBeCloseTo(1, 12);
  });
});
