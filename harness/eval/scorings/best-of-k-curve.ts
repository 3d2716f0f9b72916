/** Best-of-k of questions for every k at once: candidates are sorted once, where `bestOfN` sorts for each N. */
import type { Item } from '../item.ts';
import { topRankWeights } from '../subsets.ts';

/** Entry k - 1: expected correctness of the pick among a random k of the candidates. */
export interface Curve {
  readonly picked: readonly number[];
  /** Of a perfect ranker: whether any of the k is correct. */
  readonly perfect: readonly number[];
}

export function curvesOf(questions: readonly (readonly Item[])[]): readonly Curve[] {
  const lengths = new Set(questions.map(({ length }) => length));
  // Most benchmarks have as many candidates for each question.
  const weights = new Map([...lengths].map((n) => [n, weightsOf(n)]));
  return questions.map((candidates) => curveOf(candidates, weights.get(candidates.length) ?? []));
}

/** Row k - 1: by rank, the probability of being the pick among k of n. */
function weightsOf(n: number): readonly (readonly number[])[] {
  return Array.from({ length: n }, (_, k) => topRankWeights(n, k + 1));
}

function curveOf(candidates: readonly Item[], weights: readonly (readonly number[])[]): Curve {
  const n = candidates.length;
  const atRank = correctnessByRank(candidates);
  const wrong = candidates.filter(({ isCorrect }) => isCorrect !== true).length;
  let allWrong = 1;
  const perfect = Array.from({ length: n }, (_, k) => {
    allWrong *= Math.max(0, wrong - k) / (n - k);
    return 1 - allWrong;
  });
  const picked = weights.map((ofK) => atRank.reduce((sum, value, rank) => sum + (ofK[rank] as number) * value, 0));
  return { picked, perfect };
}

/** From the lowest reward up; candidates of equal reward share their places evenly. */
function correctnessByRank(candidates: readonly Item[]): readonly number[] {
  const ranked = candidates
    .map(({ reward, isCorrect }) => ({ reward: Math.fround(reward), value: isCorrect === true ? 1 : 0 }))
    .toSorted((a, b) => a.reward - b.reward);
  const values: number[] = [];
  while (values.length < ranked.length) {
    const tied = ranked.filter(({ reward }) => reward === ranked[values.length]?.reward);
    const share = tied.reduce((sum, { value }) => sum + value, 0) / tied.length;
    values.push(...tied.map(() => share));
  }
  return values;
}
