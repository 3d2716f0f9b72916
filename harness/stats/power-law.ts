/**
 * Saturating power law of an error or a loss: y = a + b x^-c, b and c positive, the asymptote a within what y can be.
 * Three parameters fit almost anything, so a law is given only where all of this holds: at least five sizes and three
 * seeds; left-out sizes are predicted better than by a constant; no parameter stops at its bound; and nearly all
 * resamples give a law as well.
 */
import type { Uniform } from './bootstrap.ts';
import { mean, type Interval } from './interval.ts';
import { boundOf, searchLaw, type Law, type Limits } from './power-law-search.ts';
import { quantile } from './quantile.ts';

export interface Point {
  readonly x: number;
  /** An error or a loss: low is good. */
  readonly y: number;
  /** Points of one seed share a run: they are not independent. */
  readonly seed: number;
}

export interface PowerLawFit {
  readonly kind: 'fit';
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Points. */
  readonly n: number;
  /** Root mean square residual, in units of y. */
  readonly residual: number;
  /** Of the asymptote a and of the exponent c. */
  readonly asymptoteInterval: Interval;
  readonly exponentInterval: Interval;
}

export type PowerLawResult = PowerLawFit | { readonly kind: 'no-fit'; readonly n: number; readonly reason: string };

export interface PowerLawOptions {
  readonly uniform: Uniform;
  /** What the asymptote can be: [0, 1] for a share, [0, Infinity] for a loss. */
  readonly limits: Limits;
  readonly resamples?: number;
}

export const leastSizes = 5;
export const leastSeeds = 3;
/** Of resamples that must give a law. */
export const leastStable = 0.9;

/** Throws RangeError for a point that is not finite or has x <= 0: 0 has no place on the curve. */
export function fitPowerLaw(points: readonly Point[], options: PowerLawOptions): PowerLawResult {
  return resultOf(points, fitLaws(points, options));
}

/** A law with those of the resamples; a text where there is none, and says why. */
export type FittedLaws = { readonly law: Law; readonly resampled: readonly Law[] } | string;

/** Throws as `fitPowerLaw`. */
export function fitLaws(points: readonly Point[], options: PowerLawOptions): FittedLaws {
  checkPoints(points);
  const lack = lackOf(points);
  if (lack !== null) return lack;
  const law = searchLaw(points, options.limits);
  const reason = boundOf(law, options.limits) ?? failedPrediction(points, options.limits);
  if (reason !== null) return reason;
  const resampled = resampledLaws(points, options);
  return resampled === null ? 'resamples of seeds and points give other laws or none' : { law, resampled };
}

export function resultOf(points: readonly Point[], laws: FittedLaws): PowerLawResult {
  const n = points.length;
  if (typeof laws === 'string') return { kind: 'no-fit', n, reason: laws };
  const { law, resampled } = laws;
  const seeds = distinct(points, 'seed').length;
  const intervalOf = (parameter: 'a' | 'c'): Interval =>
    seedInterval(
      resampled.map((one) => one[parameter]),
      seeds,
    );
  return {
    kind: 'fit',
    a: law.a,
    b: law.b,
    c: law.c,
    n,
    residual: Math.sqrt(law.squares / n),
    asymptoteInterval: intervalOf('a'),
    exponentInterval: intervalOf('c'),
  };
}

/** The middle 95 % of what resamples of seeds and their points give. */
export function seedInterval(values: readonly number[], seeds: number): Interval {
  const sorted = values.toSorted((p, q) => p - q);
  const method = `percentile bootstrap over ${seeds} seeds and their points, ${values.length} resamples`;
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), level: 0.95, method, n: seeds };
}

function checkPoints(points: readonly Point[]): void {
  for (const { x, y } of points)
    if (!(x > 0) || !Number.isFinite(x) || !Number.isFinite(y))
      throw new RangeError(`fitPowerLaw: finite points with x > 0 needed, found (${x}, ${y})`);
}

export const distinct = (points: readonly Point[], of: 'x' | 'seed'): readonly number[] => [
  ...new Set(points.map((point) => point[of])),
];

function lackOf(points: readonly Point[]): string | null {
  const [sizes, seeds] = [distinct(points, 'x').length, distinct(points, 'seed').length];
  if (sizes < leastSizes) return `${sizes} different sizes; three parameters need at least ${leastSizes}`;
  return seeds < leastSeeds ? `${seeds} seeds; an interval needs at least ${leastSeeds}` : null;
}

/**
 * Each size is left out in turn with all its points: its replicates would reveal the value to predict. The law must
 * have the smaller squared errors.
 */
function failedPrediction(points: readonly Point[], limits: Limits): string | null {
  const errors = distinct(points, 'x').map((x) => {
    const [kept, left] = [points.filter((point) => point.x !== x), points.filter((point) => point.x === x)];
    const [law, level] = [searchLaw(kept, limits), mean(kept.map(({ y }) => y))];
    const squares = (predicted: number): number => left.reduce((sum, { y }) => sum + (y - predicted) ** 2, 0);
    return { law: squares(valueAt(law, x)), constant: squares(level) };
  });
  const [law, constant] = [mean(errors.map((error) => error.law)), mean(errors.map((error) => error.constant))];
  return law < constant ? null : 'a constant predicts left-out sizes as well';
}

export const valueAt = ({ a, b, c }: Law, x: number): number => a + b * x ** -c;

/** null where too many resamples give no law. */
function resampledLaws(
  points: readonly Point[],
  { uniform, limits, resamples = 400 }: PowerLawOptions,
): readonly Law[] | null {
  const drawn = seedResamples(points, { uniform, resamples }).map((sample) =>
    distinct(sample, 'x').length < leastSizes - 1 ? null : searchLaw(sample, limits),
  );
  const laws = drawn.filter((law) => law !== null && boundOf(law, limits) === null) as readonly Law[];
  return laws.length < leastStable * resamples ? null : laws;
}

/** Seeds are drawn whole, then points within each drawn seed. */
export function seedResamples<P extends { readonly seed: number }>(
  points: readonly P[],
  { uniform, resamples }: { readonly uniform: Uniform; readonly resamples: number },
): readonly (readonly P[])[] {
  const bySeed = [...new Set(points.map(({ seed }) => seed))].map((seed) => points.filter((one) => one.seed === seed));
  return Array.from({ length: resamples }, () => draw(bySeed, uniform).flatMap((ofSeed) => draw(ofSeed, uniform)));
}

function draw<T>(values: readonly T[], uniform: Uniform): readonly T[] {
  return values.map(() => pick(values, uniform));
}

export function pick<T>(values: readonly T[], uniform: Uniform): T {
  return values[Math.floor(uniform() * values.length)] as T;
}
