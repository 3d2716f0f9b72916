/**
 * Best-of-N: the expected correctness of the candidate with the top reward, exactly, over all subsets of N of a
 * question's candidates (never one draw). Candidates of equal reward share their places evenly, which is what breaking
 * ties at random gives in expectation.
 */
import type { Item } from './item.ts';
import { meanAtN, topRankWeights, type AtN } from './subsets.ts';

export function bestOfN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, (candidates, N) =>
    expectedTop(
      candidates.map((item) => Math.fround(item.reward)),
      candidates,
      N,
    ),
  );
}

export function longestAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, (candidates, N) =>
    expectedTop(
      candidates.map((item) => item.tokens),
      candidates,
      N,
    ),
  );
}

export function shortestAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, (candidates, N) =>
    expectedTop(
      candidates.map((item) => -item.tokens),
      candidates,
      N,
    ),
  );
}

/** A random candidate: the mean correctness, whatever N. */
export function randomAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, (candidates) => candidates.filter((item) => item.isCorrect).length / candidates.length);
}

/** Expected correctness of the highest score in a random N-subset. */
function expectedTop(scores: readonly number[], candidates: readonly Item[], N: number): number {
  const order = scores.map((_, c) => c).toSorted((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const weights = topRankWeights(order.length, N);
  let expected = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && scores[order[end] ?? 0] === scores[order[start] ?? 0]) end += 1;
    const tied = order.slice(start, end);
    const correct = tied.filter((c) => candidates[c]?.isCorrect === true).length;
    expected += (weights.slice(start, end).reduce((sum, weight) => sum + weight, 0) * correct) / tied.length;
    start = end;
  }
  return expected;
}
