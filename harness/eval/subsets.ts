/**
 * What all best-of-N metrics share: the mean over pool questions of an exact expectation over all subsets of N
 * candidates, drawn without replacement. A question with fewer than N candidates has no such subset: it is left out,
 * and counted.
 */
import { questionsOf, type Item } from './item.ts';

export interface AtN {
  readonly N: number;
  /** Mean over the questions counted; NaN where there is none. */
  readonly value: number;
  readonly questions: number;
  /** Questions with fewer than N candidates. */
  readonly excluded: number;
}

/** `expectation`: the expected correctness of one question's pick, given its candidates and N <= their number. */
export function meanAtN(
  items: readonly Item[],
  Ns: readonly number[],
  expectation: (candidates: readonly Item[], N: number) => number,
): AtN[] {
  const questions = questionsOf(items);
  return Ns.map((N) => {
    if (!Number.isInteger(N) || N < 1) throw new RangeError(`best of N: N must be a positive integer, found ${N}`);
    const counted = questions.filter((candidates) => candidates.length >= N);
    const sum = counted.reduce((total, candidates) => total + expectation(candidates, N), 0);
    return { N, value: sum / counted.length, questions: counted.length, excluded: questions.length - counted.length };
  });
}

/**
 * Entry r (0-based, ascending): probability that the r-th smallest of n is the largest of a random N-subset, C(r, N-1)
 * / C(n, N). By the ratio of neighbours from the top, w[n-1] = N/n, so no binomial coefficient is ever formed: exact to
 * rounding for any n.
 */
export function topRankWeights(n: number, N: number): number[] {
  const weights = Array.from<number>({ length: n }).fill(0);
  let weight = N / n;
  for (let r = n - 1; r >= N - 1; r--) {
    weights[r] = weight;
    weight *= r === 0 ? 0 : (r - N + 1) / r;
  }
  return weights;
}
