/**
 * What all best-of-N metrics share: the mean over pool questions of an expectation over all subsets of N candidates,
 * drawn without replacement. A question with fewer than N candidates has no such subset: it is left out, and counted.
 */
import { questionsOf, type Item } from './item.ts';

export interface AtN {
  readonly N: number;
  /** Mean over the questions counted; NaN where there is none. */
  readonly value: number;
  readonly questions: number;
  /** Questions with fewer than N candidates. */
  readonly excluded: number;
  /**
   * Of `value` over another draw of questions, clustered by their group; NaN with fewer than two groups.
   */
  readonly standardError: number;
  /** Of `value` over other draws of subsets; 0 where all subsets were counted. */
  readonly samplingError: number;
}

/** What is expected of one question. */
export interface Expectation {
  readonly value: number;
  /** Variance of `value` over other draws of subsets; 0 where all subsets were counted. */
  readonly variance: number;
}

/** One value for each N; no N is larger than the number of candidates. */
export type PoolRule = (candidates: readonly Item[], Ns: readonly number[]) => readonly Expectation[];

/** A rule that counts all subsets, for one N at a time. */
export function exactly(expected: (candidates: readonly Item[], N: number) => number): PoolRule {
  return (candidates, Ns) => Ns.map((N) => ({ value: expected(candidates, N), variance: 0 }));
}

/** @throws RangeError for an N that is no positive integer. */
export function meanAtN(items: readonly Item[], Ns: readonly number[], rule: PoolRule): AtN[] {
  checkSizes(Ns);
  const questions = questionsOf(items);
  const valued = questions.map((candidates) => valuesOf(candidates, Ns, rule));
  return Ns.map((N) => {
    const given = valued.flatMap((values) => values.get(N) ?? []);
    const value = given.reduce((sum, one) => sum + one.value, 0) / given.length;
    const parts = given.map((one) => ({ ...one, center: value, weight: 1 / given.length }));
    return { N, value, questions: given.length, excluded: questions.length - given.length, ...errorsOf(parts) };
  });
}

/** What one question gives at N. */
interface QuestionValue extends Expectation {
  readonly itemId: string;
  readonly group: string;
}

/** By N; an N that is larger than the pool has no value. */
export function valuesOf(
  candidates: readonly Item[],
  Ns: readonly number[],
  rule: PoolRule,
): ReadonlyMap<number, QuestionValue> {
  const possible = Ns.filter((N) => N <= candidates.length);
  const { itemId = '', group = '' } = candidates[0] ?? {};
  const expectations = rule(candidates, possible);
  return new Map(
    expectations.map((expectation, index) => [possible[index] as number, { ...expectation, itemId, group }]),
  );
}

export function checkSizes(Ns: readonly number[]): void {
  for (const N of Ns)
    if (!Number.isInteger(N) || N < 1) throw new RangeError(`best of N: N must be a positive integer, found ${N}`);
}

/** A value as part of a weighted mean; `center`: what it is expected to be. */
interface Part extends Expectation {
  readonly group: string;
  readonly center: number;
  readonly weight: number;
}

/** The cluster-robust standard error of a weighted mean (linearized), and that of drawing subsets. */
export function errorsOf(parts: readonly Part[]): Pick<AtN, 'standardError' | 'samplingError'> {
  const sums = new Map<string, number>();
  for (const { group, value, center, weight } of parts)
    sums.set(group, (sums.get(group) ?? 0) + weight * (value - center));
  const squares = [...sums.values()].reduce((total, sum) => total + sum * sum, 0);
  const variance = parts.reduce((total, part) => total + part.weight ** 2 * part.variance, 0);
  const standardError = sums.size < 2 ? NaN : Math.sqrt((squares * sums.size) / (sums.size - 1));
  return { standardError, samplingError: Math.sqrt(variance) };
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
