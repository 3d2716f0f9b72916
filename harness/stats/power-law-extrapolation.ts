/**
 * Does a law foretell? It is fit without the largest sizes, and what is measured there is held against its prediction.
 * The interval has the spread of the law (resamples of seeds) and the noise of a measured mean (residuals of the law).
 */
import { mean, type Interval } from './interval.ts';
import type { Limits } from './power-law-search.ts';
import {
  distinct,
  fitLaws,
  pick,
  resultOf,
  seedInterval,
  valueAt,
  type FittedLaws,
  type Point,
  type PowerLawOptions,
  type PowerLawResult,
} from './power-law.ts';

/** A size that the law did not see. */
export interface LeftOutSize {
  readonly x: number;
  readonly predicted: number;
  readonly interval: Interval;
  /** Mean of its points. */
  readonly measured: number;
  readonly isInside: boolean;
}

export interface Extrapolation {
  /** Of the sizes that were kept. */
  readonly fit: PowerLawResult;
  /** Smallest first; none where no law is fit. */
  readonly leftOut: readonly LeftOutSize[];
}

/** @param count Of the largest sizes, so many are left out. Throws as `fitPowerLaw`. */
export function extrapolate(points: readonly Point[], count: number, options: PowerLawOptions): Extrapolation {
  const sizes = distinct(points, 'x').toSorted((p, q) => p - q);
  const hidden = sizes.slice(-count);
  const kept = points.filter(({ x }) => !hidden.includes(x));
  const laws = fitLaws(kept, options);
  const fit = resultOf(kept, laws);
  if (typeof laws === 'string') return { fit, leftOut: [] };
  const at = (x: number): Held => ({ kept, laws, x, measured: points.filter((one) => one.x === x).map(({ y }) => y) });
  return { fit, leftOut: hidden.map((x) => predict(at(x), options)) };
}

interface Held {
  readonly kept: readonly Point[];
  readonly laws: Exclude<FittedLaws, string>;
  readonly x: number;
  /** All at x. */
  readonly measured: readonly number[];
}

const parameters = 3;

function predict({ kept, laws, x, measured }: Held, { uniform, limits }: PowerLawOptions): LeftOutSize {
  // A law of three parameters lies closer to its points than the truth does.
  const scale = Math.sqrt(kept.length / (kept.length - parameters));
  const residuals = kept.map((point) => scale * (point.y - valueAt(laws.law, point.x)));
  const noise = (): number => mean(measured.map(() => pick(residuals, uniform)));
  const draws = laws.resampled.map((law) => within(limits, valueAt(law, x) + noise()));
  const interval = seedInterval(draws, distinct(kept, 'seed').length);
  const center = mean(measured);
  const isInside = center >= interval.low && center <= interval.high;
  return { x, predicted: valueAt(laws.law, x), interval, measured: center, isInside };
}

const within = ({ low, high }: Limits, value: number): number => Math.min(high, Math.max(low, value));
