/**
 * Saturating law of an error or a loss in model size N and data size D: L = E + A N^-alpha + B D^-beta. Five parameters
 * fit more than three do, so it is given only where all of this holds: three model sizes, five data sizes and three
 * seeds; left-out places are predicted better than by a law of either size alone; no parameter stops at its bound; and
 * nearly all resamples give a law as well.
 */
import { mean, type Interval } from './interval.ts';
import { jointBoundOf, jointValueAt, searchJointLaw, type JointLaw, type Place } from './joint-law-search.ts';
import { searchLaw, type Limits } from './power-law-search.ts';
import { leastSeeds, leastSizes, leastStable, seedInterval, seedResamples, valueAt } from './power-law.ts';
import type { Uniform } from './bootstrap.ts';

export interface JointPoint {
  readonly modelSize: number;
  readonly dataSize: number;
  /** An error or a loss: low is good. */
  readonly y: number;
  readonly seed: number;
}

export interface JointLawFit extends Omit<JointLaw, 'squares'> {
  readonly kind: 'fit';
  /** Points. */
  readonly n: number;
  /** Root mean square residual, in units of y. */
  readonly residual: number;
  readonly intervals: Readonly<Record<'e' | 'alpha' | 'beta', Interval>>;
}

export type JointLawResult = JointLawFit | { readonly kind: 'no-fit'; readonly n: number; readonly reason: string };

interface JointLawOptions {
  readonly uniform: Uniform;
  /** What the asymptote can be. */
  readonly limits: Limits;
  readonly resamples?: number;
}

const leastModels = 3;

/** Throws RangeError for a point that is not finite or has a size <= 0. */
export function fitJointLaw(points: readonly JointPoint[], options: JointLawOptions): JointLawResult {
  checkPoints(points);
  const { limits } = options;
  const n = points.length;
  const noFit = (reason: string): JointLawResult => ({ kind: 'no-fit', n, reason });
  const lack = lackOf(points);
  if (lack !== null) return noFit(lack);
  const places = placesOf(points);
  const law = searchJointLaw(places, limits);
  const reason = jointBoundOf(law, limits) ?? failedPrediction(places, limits);
  if (reason !== null) return noFit(reason);
  const intervals = intervalsOf(points, options);
  if (intervals === null) return noFit('resamples of seeds and points give other laws or none');
  const { squares: _, ...parameters } = law;
  return { kind: 'fit', ...parameters, n, residual: residualOf(points, law), intervals };
}

function checkPoints(points: readonly JointPoint[]): void {
  for (const { modelSize, dataSize, y } of points)
    if (![modelSize, dataSize, y].every(Number.isFinite) || modelSize <= 0 || dataSize <= 0)
      throw new RangeError(
        `fitJointLaw: finite points of positive size needed, found (${modelSize}, ${dataSize}, ${y})`,
      );
}

function distinct(points: readonly JointPoint[], of: 'modelSize' | 'dataSize' | 'seed'): number {
  return new Set(points.map((point) => point[of])).size;
}

function lackOf(points: readonly JointPoint[]): string | null {
  const needed = [
    [distinct(points, 'modelSize'), leastModels, 'model sizes'],
    [distinct(points, 'dataSize'), leastSizes, 'budgets'],
    [distinct(points, 'seed'), leastSeeds, 'seeds'],
  ] as const;
  const lacking = needed.find(([found, least]) => found < least);
  return lacking === undefined ? null : `a joint law needs at least ${lacking[1]} ${lacking[2]}, here ${lacking[0]}`;
}

function placesOf(points: readonly JointPoint[]): readonly Place[] {
  const byPlace = new Map<string, [JointPoint, ...JointPoint[]]>();
  for (const point of points) {
    const key = `${point.modelSize} ${point.dataSize}`;
    const found = byPlace.get(key);
    if (found === undefined) byPlace.set(key, [point]);
    else found.push(point);
  }
  return [...byPlace.values()].map((own) => {
    const [{ modelSize, dataSize }] = own;
    return { modelSize, dataSize, y: mean(own.map(({ y }) => y)), weight: own.length };
  });
}

/** Each place is left out in turn with all its seeds. */
function failedPrediction(places: readonly Place[], limits: Limits): string | null {
  const errors = places.map((left) => {
    const kept = places.filter((place) => place !== left);
    const squareOf = (predicted: number): number => left.weight * (left.y - predicted) ** 2;
    const alone = (size: 'modelSize' | 'dataSize'): number =>
      squareOf(
        valueAt(
          searchLaw(
            kept.map((place) => ({ x: place[size], y: place.y })),
            limits,
          ),
          left[size],
        ),
      );
    const joint = jointValueAt(searchJointLaw(kept, limits), left.modelSize, left.dataSize);
    return { joint: squareOf(joint), ofPairs: alone('dataSize'), ofModels: alone('modelSize') };
  });
  const total = (of: 'joint' | 'ofPairs' | 'ofModels'): number => errors.reduce((sum, error) => sum + error[of], 0);
  if (total('joint') >= total('ofPairs')) return 'a law of pairs alone predicts left-out places as well';
  return total('joint') < total('ofModels') ? null : 'a law of model size alone predicts left-out places as well';
}

function residualOf(points: readonly JointPoint[], law: JointLaw): number {
  const squares = points.map(({ modelSize, dataSize, y }) => (y - jointValueAt(law, modelSize, dataSize)) ** 2);
  return Math.sqrt(mean(squares));
}

/** null where too many resamples give no law. */
function intervalsOf(
  points: readonly JointPoint[],
  { uniform, limits, resamples = 200 }: JointLawOptions,
): JointLawFit['intervals'] | null {
  const drawn = seedResamples(points, { uniform, resamples }).flatMap((sample) => {
    if (distinct(sample, 'modelSize') < leastModels || distinct(sample, 'dataSize') < leastSizes - 1) return [];
    const law = searchJointLaw(placesOf(sample), limits);
    return jointBoundOf(law, limits) === null ? [law] : [];
  });
  if (drawn.length < leastStable * resamples) return null;
  const intervalOf = (parameter: 'e' | 'alpha' | 'beta'): Interval =>
    seedInterval(
      drawn.map((law) => law[parameter]),
      distinct(points, 'seed'),
    );
  return { e: intervalOf('e'), alpha: intervalOf('alpha'), beta: intervalOf('beta') };
}
