/**
 * A ranker that understands nothing but has learned: logistic regression over the words of a response, its neighbouring
 * words, and three counts. It is trained on pairs of other functions. What it reaches on held-out pairs is what a
 * model can reach without following the code, so it stands beside every held-out accuracy.
 *
 * Words come from a scanner and not from a parser: a response of a model need not parse.
 */
import { randomStream } from '../../random/index.ts';
import type { PreferencePair } from '../preference-pair.ts';

export type RankedPair = Pick<PreferencePair, 'chosen' | 'rejected'>;

export interface LinearRankerOptions {
  readonly seed?: number;
  readonly epochs?: number;
  /** Weight of the squared weights, a pair. */
  readonly l2?: number;
}

export interface LinearRanker {
  /** Share of pairs in which the chosen response has the larger score; a tie counts one half. NaN for no pairs. */
  accuracy(pairs: Iterable<RankedPair>): number;
  /** Larger for what it takes to be chosen. */
  score(pair: RankedPair): number;
}

/** Sparse differences, chosen minus rejected: feature `indices[i]` by `values[i]`. */
export interface SparseDifference {
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Two million weights: words and neighbours of 100,000 functions rarely share one. */
const weightBits = 21;
const weightCount = 2 ** weightBits;
/** The last weights are those of the counts. */
const countNames = ['characters', 'words', 'lines'] as const;
const hashedWeights = weightCount - countNames.length;

/** Words, numbers, signs of several characters, other signs. What lies between quotes is cut in the same way. */
const wordPattern =
  /[\p{L}_$][\p{L}\p{N}_$]*|\d[\w.]*|===|!==|\*\*=|\/\/=|>>>|\.\.\.|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\+\+|--|[-+*/%&|^]=|\*\*|\/\/|<<|>>|:=|->|[^\s]/gu;

export function wordsOf(text: string): readonly string[] {
  return text.match(wordPattern) ?? [];
}

/**
 * Trains on the differences of pairs, in a seeded order, with AdaGrad (Duchi et al., JMLR 2011). Equal arguments give
 * equal weights.
 */
export function fitLinearRanker(
  trainPairs: Iterable<RankedPair>,
  { seed = 0, epochs = 20, l2 = 1e-4 }: LinearRankerOptions = {},
): LinearRanker {
  const differences = Array.from(trainPairs, pairDifference);
  const weights = new Float64Array(weightCount);
  const squares = new Float64Array(weightCount).fill(1);
  const random = randomStream(seed, 'linear ranker');
  const order = Array.from(differences.keys());
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const index of random.shuffled(order)) step(weights, squares, differences[index] as SparseDifference, l2);
  const score = (pair: RankedPair): number => dot(weights, pairDifference(pair));
  return { score, accuracy: (pairs) => accuracyOf(pairs, score) };
}

function accuracyOf(pairs: Iterable<RankedPair>, score: (pair: RankedPair) => number): number {
  let [wins, count] = [0, 0];
  for (const pair of pairs) {
    const margin = score(pair);
    wins += margin > 0 ? 1 : margin === 0 ? 0.5 : 0;
    count += 1;
  }
  return wins / count;
}

const learningRate = 0.1;

/** One pair: the gradient of log(1 + exp(-margin)) and of the squared weights that the pair touches. */
function step(weights: Float64Array, squares: Float64Array, { indices, values }: SparseDifference, l2: number): void {
  const margin = dot(weights, { indices, values });
  const pull = 1 / (1 + Math.exp(margin));
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number;
    const gradient = l2 * (weights[index] as number) - pull * (values[i] as number);
    squares[index] = (squares[index] as number) + gradient * gradient;
    weights[index] = (weights[index] as number) - (learningRate * gradient) / Math.sqrt(squares[index] as number);
  }
}

export function dot(weights: Float64Array, { indices, values }: SparseDifference): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i++) sum += (weights[indices[i] as number] as number) * (values[i] as number);
  return sum;
}

function pairDifference({ chosen, rejected }: RankedPair): SparseDifference {
  const counts = new Map<number, number>();
  const [a, b] = [wordsOf(chosen), wordsOf(rejected)];
  addWords(counts, a, 1);
  addWords(counts, b, -1);
  const lines = chosen.split('\n').length - rejected.split('\n').length;
  addCounts(counts, [chosen.length - rejected.length, a.length - b.length, lines]);
  return toSparse(counts);
}

/** Adds `sign` for every word and every two neighbours. */
function addWords(counts: Map<number, number>, words: readonly string[], sign: number): void {
  let before = 0;
  for (const word of words) {
    const hash = hashOf(word);
    add(counts, hash % hashedWeights, sign);
    add(counts, ((Math.imul(before, 0x9e3779b1) ^ Math.imul(hash, 0x85ebca6b)) >>> 0) % hashedWeights, sign);
    before = hash;
  }
}

/** The counts' differences, compressed so that one long pair does not decide: sign(d) log(1 + |d|). */
function addCounts(counts: Map<number, number>, differences: readonly number[]): void {
  differences.forEach((difference, index) => {
    add(counts, hashedWeights + index, Math.sign(difference) * Math.log1p(Math.abs(difference)));
  });
}

function add(counts: Map<number, number>, index: number, value: number): void {
  counts.set(index, (counts.get(index) ?? 0) + value);
}

function toSparse(counts: ReadonlyMap<number, number>): SparseDifference {
  const entries = [...counts].filter(([, value]) => value !== 0);
  return {
    indices: Int32Array.from(entries, ([index]) => index),
    values: Float32Array.from(entries, ([, value]) => value),
  };
}

/** FNV-1a over code units, 32 bits. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
