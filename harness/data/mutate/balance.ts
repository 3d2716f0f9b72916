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
 * balanced in this way too; how familiar a word is (`familiar.ts`) tells which way it is going to lean. A pair so depends on the functions before it, as far as they use the same words.
 */
import type { RandomStream } from '../../random/index.ts';
import { dot, featureCount, type SparseDifference } from '../audit/word-differences.ts';
import { familiarFeatures, type Familiar } from './familiar.ts';
import { surfaceFeatures } from './surface.ts';

/** What is seen of a proposal without understanding it. */
export interface Seen {
  readonly difference: SparseDifference;
  /** Sign of chosen minus rejected for each surface feature, then for each class of familiar words. */
  readonly signs: Int8Array;
}

/** Log weights of one unit of difference. Changed in place by `fitTilt` and `follow`. */
export interface Tilt {
  readonly words: Float64Array;
  readonly surface: Float64Array;
}

/** What has been drawn and read so far. */
export interface Balance {
  readonly tilt: Tilt;
  readonly familiar: Familiar;
}

/** All zero: no proposal is preferred. */
export function noTilt(): Tilt {
  return {
    words: new Float64Array(featureCount),
    surface: new Float64Array(surfaceFeatures.length + familiarFeatures),
  };
}

/**
 * Blanks a proposal: a draw that hits one gives no mutant. A function all of whose mutants would give themselves away
 * so gives fewer of them.
 */
const blanksPerProposal = 0.3;

/**
 * Draws up to `wanted` acceptable items without replacement by their tilted weights: to sort by log weight + Gumbel
 * noise is to draw so. A blank has the weight of an item without a difference.
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
  const blanks = Math.round(blanksPerProposal * items.length);
  for (let i = 0; i < blanks; i++) keyed.push({ item: null, key: gumbel(random) });
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

function logWeight({ difference, signs }: Seen, { words, surface }: Tilt): number {
  let sum = dot(words, difference);
  for (let i = 0; i < signs.length; i++) sum += (signs[i] as number) * (surface[i] as number);
  return sum;
}

function gumbel(random: RandomStream): number {
  return -Math.log(-Math.log((random.uint32() + 0.5) / 2 ** 32));
}

const epochs = 6;
const rate = 0.5;

/**
 * Stochastic approximation with AdaGrad steps: draw as the tilt says, then lower what the drawn have too much of.
 * @param groups The proposals of one function each.
 */
export function fitTilt(groups: readonly (readonly Seen[])[], wanted: number, random: RandomStream): Tilt {
  const tilt = noTilt();
  const squares = noTilt();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const step = rate / (1 + epoch / 2) / wanted;
    for (const group of random.shuffled(groups))
      for (const drawn of drawTilted(group, tilt, random, wanted)) lower(tilt, squares, drawn, step);
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

/** A word that came up once is e times less likely to come up in the same direction next. */
const wordStep = 1;

/** Of features that nearly every pair has. */
const surfaceStep = 0.003;

/** Lowers the weights of what was drawn. */
export function follow(tilt: Tilt, { difference: { indices, values }, signs }: Seen): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number;
    tilt.words[index] = (tilt.words[index] as number) - wordStep * (values[i] as number);
  }
  for (let i = 0; i < signs.length; i++)
    tilt.surface[i] = (tilt.surface[i] as number) - surfaceStep * (signs[i] as number);
}
