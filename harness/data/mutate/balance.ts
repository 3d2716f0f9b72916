/**
 * Keeps rankers without understanding at chance. Mistakes are not neutral: most make a function shorter, or bring a
 * rarer word into a place than people wrote there. So a function proposes more mutants than it needs, and they are
 * drawn with weight exp(tilt . difference). The exponential tilt changes the odds as little as possible while it takes
 * the mean difference of every feature to about zero (maximum entropy under these constraints). The features are those
 * of the linear ranker and the signs of the surface: where their means are zero, the gradient of the logistic loss is
 * zero at weights zero, so no linear ranker on them is better than chance.
 *
 * The tilt is fitted once, to functions of the corpus; then the pairs of a function depend on nothing but the function,
 * the tilt and the seed.
 */
import type { RandomStream } from '../../random/index.ts';
import { dot, featureCount, type SparseDifference } from '../audit/word-differences.ts';
import { surfaceFeatures } from './surface.ts';

export interface Tilt {
  readonly words: Float64Array;
  readonly surface: Float64Array;
}

/** What is seen of a proposal without understanding it. */
export interface Seen {
  readonly difference: SparseDifference;
  /** Sign of chosen minus rejected for each surface feature. */
  readonly signs: Int8Array;
}

/** All zero: no proposal is preferred. */
export function noTilt(): Tilt {
  return { words: new Float64Array(featureCount), surface: new Float64Array(surfaceFeatures.length) };
}

/**
 * Draws up to `wanted` acceptable items without replacement by their tilted weights: to sort by log weight + Gumbel
 * noise is to draw so.
 */
export function drawTilted<Item extends Seen>(
  items: readonly Item[],
  tilt: Tilt,
  random: RandomStream,
  wanted: number,
  isAcceptable: (item: Item) => boolean = () => true,
): Item[] {
  const keyed = items.map((item) => ({ item, key: logWeight(item, tilt) + gumbel(random) }));
  keyed.sort((a, b) => b.key - a.key);
  const drawn: Item[] = [];
  for (const { item } of keyed) {
    if (drawn.length === wanted) break;
    if (isAcceptable(item)) drawn.push(item);
  }
  return drawn;
}

export function logWeight({ difference, signs }: Seen, { words, surface }: Tilt): number {
  let sum = dot(words, difference);
  for (let i = 0; i < signs.length; i++) sum += (signs[i] as number) * (surface[i] as number);
  return sum;
}

function gumbel(random: RandomStream): number {
  return -Math.log(-Math.log((random.uint32() + 0.5) / 2 ** 32));
}

/**
 * Stochastic approximation with AdaGrad steps: draw as the tilt says, then lower what the drawn have too much of.
 * @param groups The proposals of one function each.
 */
export function fitTilt(
  groups: readonly (readonly Seen[])[],
  wanted: number,
  random: RandomStream,
  { epochs = 8, rate = 0.15 }: { readonly epochs?: number; readonly rate?: number } = {},
): Tilt {
  const tilt = noTilt();
  const squares = noTilt();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const step = rate / (1 + epoch / 2);
    for (const group of random.shuffled(groups))
      for (const drawn of drawTilted(group, tilt, random, wanted)) lower(tilt, squares, drawn, step / wanted);
  }
  return tilt;
}

function lower(tilt: Tilt, squares: Tilt, { difference: { indices, values }, signs }: Seen, step: number): void {
  for (let i = 0; i < indices.length; i++)
    descend(tilt.words, squares.words, indices[i] as number, values[i] as number, step);
  for (let i = 0; i < signs.length; i++) descend(tilt.surface, squares.surface, i, signs[i] as number, step);
}

function descend(weights: Float64Array, squares: Float64Array, index: number, gradient: number, step: number): void {
  const sum = (squares[index] as number) + gradient * gradient;
  squares[index] = sum;
  weights[index] = (weights[index] as number) - (step * gradient) / Math.sqrt(1 + sum);
}
