/**
 * Keeps trivial rankers at chance. Mistakes as such are not neutral: most make a function shorter, or bring a rare
 * token. So a function proposes more mutants than it needs, and they are drawn with weight exp(sum of tilt x sign over
 * the surface features): the exponential tilt changes the odds as little as possible while it takes the mean sign of
 * every feature to about zero (maximum entropy under these constraints). The tilts are constants, so that the pairs of
 * a function do not depend on the other functions of the corpus.
 */
import type { RandomStream } from '../../random/index.ts';
import { surfaceFeatures, type SurfaceFeature } from './surface.ts';

export type Tilts = Readonly<Record<SurfaceFeature, number>>;

/** Sign of (chosen minus rejected) for each surface feature. */
export interface Signed {
  readonly signs: Int8Array;
}

/**
 * Draws up to `wanted` acceptable items without replacement by their tilted weights: to sort by log weight + Gumbel
 * noise is to draw so.
 */
export function drawTilted<Item extends Signed>(
  items: readonly Item[],
  tilts: Tilts,
  random: RandomStream,
  wanted: number,
  isAcceptable: (item: Item) => boolean,
): Item[] {
  const weights = surfaceFeatures.map((feature) => tilts[feature]);
  const keyed = items.map((item) => ({
    item,
    key: item.signs.reduce((sum, sign, index) => sum + sign * (weights[index] ?? 0), gumbel(random)),
  }));
  keyed.sort((a, b) => b.key - a.key);
  const drawn: Item[] = [];
  for (const { item } of keyed) {
    if (drawn.length === wanted) break;
    if (isAcceptable(item)) drawn.push(item);
  }
  return drawn;
}

function gumbel(random: RandomStream): number {
  return -Math.log(-Math.log((random.uint32() + 0.5) / 2 ** 32));
}

/** Mean sign of each feature over pairs: 0.1 means that "more of it" ranks 55 % right, ties counted half. */
export function meanSigns(pairs: readonly Signed[]): Float64Array {
  const sums = new Float64Array(surfaceFeatures.length);
  for (const { signs } of pairs)
    signs.forEach((sign, index) => {
      sums[index] = (sums[index] ?? 0) + sign / pairs.length;
    });
  return sums;
}

/** All zero: no proposal is preferred. */
export const noTilts: Tilts = tiltsFrom(() => 0);

/**
 * Robbins-Monro on the mean signs: raise the tilt of a feature while chosen has too little of it.
 * `drawMeanSigns(tilts)` draws pairs and returns the mean sign of each feature; it is asked `rounds` times with slowly
 * shrinking steps.
 */
export function fitTilts(drawMeanSigns: (tilts: Tilts) => Float64Array, rounds = 60): Tilts {
  let tilts = noTilts;
  for (let round = 0; round < rounds; round++) {
    const means = drawMeanSigns(tilts);
    const step = 2 / (1 + round / 15);
    const last = tilts;
    tilts = tiltsFrom((feature, index) => last[feature] - step * (means[index] ?? 0));
  }
  return tilts;
}

function tiltsFrom(value: (feature: SurfaceFeature, index: number) => number): Tilts {
  return Object.fromEntries(surfaceFeatures.map((feature, index) => [feature, value(feature, index)])) as Record<
    SurfaceFeature,
    number
  >;
}
