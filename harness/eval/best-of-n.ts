/**
 * Best-of-N: the expected correctness of the candidate with the top reward, exactly, over all subsets of N of a
 * question's candidates (never one draw). Candidates of equal reward share their places evenly, which is what breaking
 * ties at random gives in expectation.
 */
import type { Item } from './item.ts';
import { exactly, meanAtN, topRankWeights, type AtN, type PoolRule } from './subsets.ts';

type Score = (item: Item) => number;

/** Rewards as they are stored: what is equal there is a tie. */
const storedReward: Score = (item) => Math.fround(item.reward);

export const byReward: PoolRule = topBy(storedReward);
export const byLongest: PoolRule = topBy((item) => item.tokens);
export const byShortest: PoolRule = topBy((item) => -item.tokens);
/** A random candidate: the mean correctness, whatever N. */
export const atRandom: PoolRule = exactly((candidates) => rightAmong(candidates) / candidates.length);
/** How often the top reward of a subset is that of more than one of its candidates, so that a coin must choose. */
export const tiedAtTop: PoolRule = (candidates, Ns) => {
  const groups = tiedGroups(candidates, storedReward);
  return Ns.map((N) => ({ value: topTieRate(groups, candidates.length, N), variance: 0 }));
};

export function bestOfN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, byReward);
}

export function longestAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, byLongest);
}

export function shortestAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, byShortest);
}

export function randomAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, atRandom);
}

function rightAmong(items: readonly Item[]): number {
  return items.filter(({ isCorrect }) => isCorrect).length;
}

/** Expected correctness of the candidate with the highest score in a random N-subset. */
function topBy(scoreOf: Score): PoolRule {
  return (candidates, Ns) => {
    const groups = tiedGroups(candidates, scoreOf);
    return Ns.map((N) => ({ value: expectedTop(groups, candidates.length, N), variance: 0 }));
  };
}

type Groups = readonly (readonly Item[])[];

function expectedTop(groups: Groups, n: number, N: number): number {
  const weights = topRankWeights(n, N);
  let expected = 0;
  let rank = 0;
  for (const tied of groups) {
    let weight = 0;
    for (let r = rank; r < rank + tied.length; r++) weight += weights[r] as number;
    expected += (weight * rightAmong(tied)) / tied.length;
    rank += tied.length;
  }
  return expected;
}

/**
 * One minus the share of subsets with a single top: one of a group's k candidates and N-1 of the `below` candidates
 * under them, k C(below, N-1) / C(n, N) for each group.
 */
function topTieRate(groups: Groups, n: number, N: number): number {
  const weights = topRankWeights(n, N);
  let single = 0;
  let below = 0;
  for (const { length } of groups) {
    single += length * (weights[below] as number);
    below += length;
  }
  return Math.max(0, 1 - single);
}

/** Candidates of equal score together, the lowest score first. */
function tiedGroups(candidates: readonly Item[], scoreOf: Score): Groups {
  const scored = candidates.map((item) => ({ item, score: scoreOf(item) })).toSorted((a, b) => a.score - b.score);
  const groups: Item[][] = [];
  for (const [index, { item, score }] of scored.entries())
    if (index > 0 && scored[index - 1]?.score === score) groups.at(-1)?.push(item);
    else groups.push([item]);
  return groups;
}
