/**
 * Means and intervals. Every interval carries its method, level and n; one value, or values without any spread, have
 * none.
 */
import { normalQuantile, tQuantile } from './distributions.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** E.g. 0.95. */
  readonly level: number;
  /** What a reader needs to judge it, e.g. `t over seeds`. */
  readonly method: string;
  /** Independent units behind it. */
  readonly n: number;
}

/**
 * Arithmetic mean. Throws RangeError on an empty list or a value that is not finite: a missing number must not become
 * part of a figure.
 */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('mean: no values');
  let sum = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) throw new RangeError(`mean: value is not finite: ${value}`);
    sum += value;
  }
  return sum / values.length;
}

/** Sample standard deviation (n - 1 below the line); null for fewer than two values. */
export function standardDeviation(values: readonly number[]): number | null {
  const center = mean(values);
  if (values.length < 2) return null;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}

/**
 * Student's t-interval for the mean. null for one value, and for values without spread: a width of 0 would claim
 * certainty that two or three equal numbers cannot give.
 */
export function tInterval(
  values: readonly number[],
  { level = 0.95, unit = 'values' }: { level?: number; unit?: string } = {},
): Interval | null {
  const center = mean(values);
  const deviation = standardDeviation(values);
  if (deviation === null || hasNoSpread(deviation, center)) return null;
  const half = (tQuantile((1 + level) / 2, values.length - 1) * deviation) / Math.sqrt(values.length);
  return { low: center - half, high: center + half, level, method: `t over ${unit}`, n: values.length };
}

/**
 * Wilson's score interval for a proportion observed on n independent items (Wilson, JASA 1927). `proportion` may be any
 * mean of values in [0, 1] (half credit for ties); the interval is then conservative. null for fewer than two items.
 */
export function wilsonInterval(
  proportion: number,
  n: number,
  { level = 0.95, unit = 'items' }: { level?: number; unit?: string } = {},
): Interval | null {
  checkProportion(proportion, n);
  if (n < 2) return null;
  const ends = scoreInterval(proportion, n, normalQuantile((1 + level) / 2));
  return { ...ends, level, method: `Wilson over ${unit}`, n };
}

/**
 * The proportions that lie within `quantile` standard errors of the observed one, each with its own standard error. `n`
 * may be an effective number, which is no integer.
 */
export function scoreInterval(proportion: number, n: number, quantile: number): { low: number; high: number } {
  const square = quantile * quantile;
  const denominator = 1 + square / n;
  const center = (proportion + square / (2 * n)) / denominator;
  const half = (quantile / denominator) * Math.sqrt((proportion * (1 - proportion)) / n + square / (4 * n * n));
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

function checkProportion(proportion: number, n: number): void {
  if (!(proportion >= 0 && proportion <= 1) || !Number.isInteger(n) || n < 0)
    throw new RangeError(
      `wilsonInterval: a proportion in [0, 1] and an integer n >= 0 needed, found ${proportion}, ${n}`,
    );
}

/** Spread that is only rounding: equal decimal fractions differ in their last bits after a subtraction. */
export function hasNoSpread(deviation: number, center: number): boolean {
  return deviation <= 1e-12 * Math.max(1, Math.abs(center));
}
