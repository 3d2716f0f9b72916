/**
 * Keeps rankers without understanding at chance. Mistakes are not neutral: most make a function shorter, or bring a
 * rarer word into a place than people wrote there. So a function proposes more mutants than it needs, and they are
 * drawn with weight exp(tilt . difference). The exponential tilt changes the odds as little as possible while it takes
 * the mean difference of every feature to about zero (maximum entropy under these constraints). The features are those
 * of the linear ranker and the signs of the surface: where their means are zero, the gradient of the logistic loss is
 * zero at weights zero, so no linear ranker on them is better than chance.
 *
 * The tilt starts from a fit to the first functions of a corpus and follows what is drawn: a difference that has come
 * up gets less likely, so the sums stay near zero over any stretch of pairs. Words that the fit has never met are
 * balanced in this way too; how familiar a word is (`familiar.ts`) tells which way it is going to lean. A pair so
 * depends on the functions before it, as far as they use the same words.
 */
import type { RandomStream } from '../../random/index.ts';
import { dot, featureCount, type SparseDifference } from '../rankers/word-differences.ts';
import { familiarFeatures, type Familiar } from './familiar.ts';
import { surfaceFeatures } from './surface.ts';

/** What is seen of a proposal without understanding it. */
export interface Seen {
  readonly difference: SparseDifference;
  /** Sign of chosen minus rejected for each surface feature, then for each class of familiar words. */
  readonly signs: Int8Array;
}

/** Log weights of one unit of difference, and the sums of squared differences that have moved them. */
export interface Tilt {
  readonly weights: Weights;
  readonly squares: Weights;
}

/** By feature of the linear ranker, and by sign. */
interface Weights {
  readonly words: Float64Array;
  readonly signs: Float64Array;
}

/** What has been drawn and read so far. Changes in place as pairs are made. */
export interface Balance {
  readonly tilt: Tilt;
  readonly familiar: Familiar;
  /** Whether the tilt follows what is drawn. */
  readonly follows: boolean;
}

/** All zero: no proposal is preferred. */
export function noTilt(): Tilt {
  const zeros = (): Weights => ({
    words: new Float64Array(featureCount),
    signs: new Float64Array(surfaceFeatures.length + familiarFeatures),
  });
  return { weights: zeros(), squares: zeros() };
}

/**
 * Blanks stand beside the proposals, as many as mutants are wanted and together with this weight a proposal. A draw
 * that hits one gives no mutant: a function all of whose mutants would give themselves away gives fewer of them.
 */
const blankWeight = 0.05;

/**
 * Draws up to `wanted` acceptable items without replacement by their tilted weights: to sort by log weight + Gumbel
 * noise is to draw so. An item without a difference has the weight 1.
 */
export function drawTilted<Item extends Seen>(
  items: readonly Item[],
  tilt: Tilt,
  random: RandomStream,
  wanted: number,
  isAcceptable: (item: Item) => boolean = () => true,
): Item[] {
  const keyed: { readonly item: Item | null; readonly key: number }[] = items.map((item) => {
    return { item, key: logWeight(item, tilt) + gumbel(random) };
  });
  const blank = Math.log((blankWeight * items.length) / wanted);
  for (let i = 0; i < wanted; i++) keyed.push({ item: null, key: blank + gumbel(random) });
  keyed.sort((a, b) => b.key - a.key);
  const drawn: Item[] = [];
  let left = wanted;
  for (const { item } of keyed) {
    if (left === 0) break;
    if (item !== null && !isAcceptable(item)) continue;
    if (item !== null) drawn.push(item);
    left -= 1;
  }
  return drawn;
}

function logWeight({ difference, signs }: Seen, { weights }: Tilt): number {
  let sum = dot(weights.words, difference);
  for (let i = 0; i < signs.length; i++) sum += (signs[i] as number) * (weights.signs[i] as number);
  return sum;
}

function gumbel(random: RandomStream): number {
  return -Math.log(-Math.log((random.uint32() + 0.5) / 2 ** 32));
}

const epochs = 6;
const fitRate = 0.5;

/**
 * Stochastic approximation with AdaGrad steps: draw as the tilt says, then lower what the drawn have too much of.
 * @param groups The proposals of one function each.
 */
export function fitTilt(groups: readonly (readonly Seen[])[], wanted: number, random: RandomStream): Tilt {
  const tilt = noTilt();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = fitRate / (1 + epoch / 2) / wanted;
    for (const group of random.shuffled(groups))
      for (const drawn of drawTilted(group, tilt, random, wanted)) lower(tilt, drawn, rate);
  }
  // As if every function had been drawn from once: pairs that follow move the tilt by as much as they are news to it.
  for (const squares of [tilt.squares.words, tilt.squares.signs])
    squares.forEach((sum, i) => (squares[i] = sum / epochs));
  return tilt;
}

/** A word that comes up for the first time is 22 % less likely to come up in the same direction next. */
const followRate = 0.25;

/** Lowers the weights of what was drawn. */
export function follow(tilt: Tilt, drawn: Seen): void {
  lower(tilt, drawn, followRate);
}

function lower({ weights, squares }: Tilt, { difference: { indices, values }, signs }: Seen, rate: number): void {
  for (let i = 0; i < indices.length; i++)
    descend(weights.words, squares.words, indices[i] as number, values[i] as number, rate);
  for (let i = 0; i < signs.length; i++) descend(weights.signs, squares.signs, i, signs[i] as number, rate);
}

function descend(weights: Float64Array, squares: Float64Array, index: number, gradient: number, rate: number): void {
  // The step is taken before this gradient counts: a first one is taken whole.
  weights[index] = (weights[index] as number) - (rate * gradient) / Math.sqrt(1 + (squares[index] as number));
  squares[index] = (squares[index] as number) + gradient * gradient;
}
