/**
 * Percentile bootstrap (Efron & Tibshirani 1993). The uniform generator is handed in, so this leaf stays free of a source of randomness and
 * a report with the same seed gives the same bytes.
 */
import type { Interval } from './interval.ts';
import { hasNoSpread, mean, standardDeviation } from './interval.ts';

/** Uniform numbers in [0, 1). */
export type Uniform = () => number;

export interface BootstrapOptions {
  readonly uniform: Uniform;
  readonly resamples?: number;
  readonly level?: number;
  readonly unit?: string;
}

/**
 * Percentile interval of `statistic` under resampling of `values`. A statistic that cannot be had from a resample returns null: such resamples
 * are left out and counted in the method's name; null when fewer than half remain.
 */
export function bootstrapInterval<T>(values: readonly T[], statistic: (sample: readonly T[]) => number | null, options: BootstrapOptions): Interval | null {
  const { uniform, resamples = 2000, level = 0.95, unit = 'values' } = options;
  if (values.length < 2) return null;
  const statistics: number[] = [];
  for (let r = 0; r < resamples; r++) {
    const sample = values.map(() => values[Math.floor(uniform() * values.length)] as T);
    const value = statistic(sample);
    if (value !== null && Number.isFinite(value)) statistics.push(value);
  }
  if (statistics.length < resamples / 2) return null;
  const dropped = resamples - statistics.length;
  return percentileInterval(statistics, { level, n: values.length, method: `percentile bootstrap over ${unit}, ${resamples} resamples${dropped > 0 ? `, ${dropped} without a value` : ''}` });
}

/** How often each of `items` is drawn, for each of `resamples` draws with replacement. Shared by all comparisons on the same items. */
export function drawWeights(items: number, resamples: number, uniform: Uniform): readonly Uint16Array[] {
  return Array.from({ length: resamples }, () => {
    const weights = new Uint16Array(items);
    for (let i = 0; i < items; i++) {
      const drawn = Math.floor(uniform() * items);
      weights[drawn] = (weights[drawn] ?? 0) + 1;
    }
    return weights;
  });
}

/**
 * Interval of the grand mean of a units x items table (e.g. seeds x test pairs) when both are samples: units and items are resampled independently and
 * each draw of items serves all units, because all units saw the same items (the pigeonhole bootstrap, Owen, Ann. Appl. Stat. 2007). Slightly
 * conservative. null with fewer than two units or items, or without spread.
 */
export function crossedBootstrapInterval(table: readonly Float64Array[], itemWeights: readonly Uint16Array[], options: { uniform: Uniform; level?: number; unit?: string }): Interval | null {
  const items = table[0]?.length ?? 0;
  const { uniform, level = 0.95, unit = 'units and items' } = options;
  if (table.some((row) => row.length !== items) || itemWeights.some((weights) => weights.length !== items)) throw new RangeError('crossedBootstrapInterval: all rows and weights must have the same length');
  if (table.length < 2 || items < 2 || itemWeights.length === 0) return null;
  const means = itemWeights.map((weights) => {
    const rowMeans = table.map((row) => dot(row, weights) / items);
    return mean(table.map(() => rowMeans[Math.floor(uniform() * table.length)] as number));
  });
  return percentileInterval(means, { level, n: table.length, method: `crossed bootstrap over ${unit}, ${itemWeights.length} resamples` });
}

/** Linear interpolation between order statistics (R type 7); `sorted` ascending and not empty. */
export function quantile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0 || !(p >= 0 && p <= 1)) throw new RangeError(`quantile: values and 0 <= p <= 1 needed, found n=${sorted.length}, p=${p}`);
  const position = p * (sorted.length - 1);
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

function percentileInterval(statistics: readonly number[], about: { level: number; n: number; method: string }): Interval | null {
  const deviation = standardDeviation(statistics);
  if (deviation === null || hasNoSpread(deviation, mean(statistics))) return null;
  const sorted = statistics.toSorted((a, b) => a - b);
  return { low: quantile(sorted, (1 - about.level) / 2), high: quantile(sorted, (1 + about.level) / 2), ...about };
}

function dot(row: Float64Array, weights: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += (row[i] as number) * (weights[i] as number);
  return sum;
}
