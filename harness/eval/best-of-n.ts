/**
 * Best-of-N: the expected correctness of the candidate with the top reward, exactly, over all subsets of N of a
 * question's candidates (never one draw). Candidates of equal reward share their places evenly, which is what breaking
 * ties at random gives in expectation.
 */
import type { Item } from './item.ts';
import { meanAtN, topRankWeights, type AtN } from './subsets.ts';

export function bestOfN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(
    items,
    Ns,
    topBy((item) => Math.fround(item.reward)),
  );
}

export function longestAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(
    items,
    Ns,
    topBy((item) => item.tokens),
  );
}

export function shortestAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(
    items,
    Ns,
    topBy((item) => -item.tokens),
  );
}

/** A random candidate: the mean correctness, whatever N. */
export function randomAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, (candidates) => candidates.filter((item) => item.isCorrect).length / candidates.length);
}

/** Expected correctness of the candidate with the highest score in a random N-subset. */
function topBy(scoreOf: (item: Item) => number): (candidates: readonly Item[], N: number) => number {
  return (candidates, N) => {
    const weights = topRankWeights(candidates.length, N);
    let expected = 0;
    let rank = 0;
    for (const tied of tiedGroups(candidates, scoreOf)) {
      const weight = weights.slice(rank, rank + tied.length).reduce((sum, each) => sum + each, 0);
      expected += (weight * tied.filter(({ isCorrect }) => isCorrect).length) / tied.length;
      rank += tied.length;
    }
    return expected;
  };
}

/** Candidates of equal score together, the lowest score first. */
function tiedGroups(candidates: readonly Item[], scoreOf: (item: Item) => number): readonly (readonly Item[])[] {
  const scored = candidates.map((item) => ({ item, score: scoreOf(item) })).toSorted((a, b) => a.score - b.score);
  const groups: Item[][] = [];
  for (const [index, { item, score }] of scored.entries())
    if (index > 0 && scored[index - 1]?.score === score) groups.at(-1)?.push(item);
    else groups.push([item]);
  return groups;
}
