/**
 * Rankers that understand nothing but have learned: logistic regression over sparse differences of the two responses.
 * What one reaches on held-out pairs is what a model can reach without following the text, so it stands beside every
 * held-out accuracy.
 */
import { randomStream } from '../../random/index.ts';
import type { PreferencePair } from '../preference-pair.ts';
import { copyDifference } from './copy-differences.ts';
import { dot, featureCount, pairDifference, type SparseDifference } from './word-differences.ts';

export { wordsOf } from './word-differences.ts';

export type RankedPair = Pick<PreferencePair, 'chosen' | 'rejected'>;

export interface LinearRankerOptions {
  readonly seed?: number;
  readonly epochs?: number;
  /** Weight of the squared weights, a pair. */
  readonly l2?: number;
}

export interface LinearRanker<Pair extends RankedPair = RankedPair> {
  /** Share of pairs in which the chosen response has the larger score; a tie counts one half. NaN for no pairs. */
  accuracy(pairs: Iterable<Pair>): number;
  /** Score of chosen minus score of rejected. */
  score(pair: Pair): number;
}

/**
 * Reads the responses alone: their words, neighbouring words and three counts. Trains in a seeded order, with AdaGrad
 * (Duchi et al., JMLR 2011). Equal arguments give equal weights.
 */
export function fitLinearRanker(trainPairs: Iterable<RankedPair>, options: LinearRankerOptions = {}): LinearRanker {
  return fitRanker(trainPairs, ({ chosen, rejected }) => pairDifference(chosen, rejected), options);
}

/** A pair with the prompt that both responses answer. */
export type PromptedPair = Pick<PreferencePair, 'prompt' | 'chosen' | 'rejected'>;

/**
 * Reads the prompt as well, as far as copying goes: which of its pieces stand in the response, and in which order.
 * Trained like `fitLinearRanker`.
 */
export function fitCopyRanker(
  trainPairs: Iterable<PromptedPair>,
  options: LinearRankerOptions = {},
): LinearRanker<PromptedPair> {
  return fitRanker(trainPairs, copyDifference, options);
}

function fitRanker<Pair extends RankedPair>(
  trainPairs: Iterable<Pair>,
  differenceOf: (pair: Pair) => SparseDifference,
  options: LinearRankerOptions,
): LinearRanker<Pair> {
  const weights = fitWeights(Array.from(trainPairs, differenceOf), options);
  const score = (pair: Pair): number => dot(weights, differenceOf(pair));
  return { score, accuracy: (pairs) => accuracyOf(pairs, score) };
}

export function fitWeights(
  differences: readonly SparseDifference[],
  { seed = 0, epochs = 20, l2 = 1e-4 }: LinearRankerOptions = {},
): Float64Array {
  const weights = new Float64Array(featureCount);
  const squares = new Float64Array(featureCount).fill(1);
  const random = randomStream(seed, 'linear ranker');
  const order = Array.from(differences.keys());
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const index of random.shuffled(order)) step(weights, squares, differences[index] as SparseDifference, l2);
  return weights;
}

function accuracyOf<Pair>(pairs: Iterable<Pair>, marginOf: (pair: Pair) => number): number {
  let [wins, count] = [0, 0];
  for (const pair of pairs) {
    const margin = marginOf(pair);
    wins += margin > 0 ? 1 : margin === 0 ? 0.5 : 0;
    count += 1;
  }
  return wins / count;
}

const learningRate = 0.1;

/** One pair: the gradient of log(1 + exp(-margin)) and of the squared weights that the pair touches. */
function step(weights: Float64Array, squares: Float64Array, difference: SparseDifference, l2: number): void {
  const { indices, values } = difference;
  const pull = 1 / (1 + Math.exp(dot(weights, difference)));
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number;
    const gradient = l2 * (weights[index] as number) - pull * (values[i] as number);
    squares[index] = (squares[index] as number) + gradient * gradient;
    weights[index] = (weights[index] as number) - (learningRate * gradient) / Math.sqrt(squares[index] as number);
  }
}
