/**
 * Percentile bootstrap (Efron & Tibshirani 1993). The caller passes the uniform generator, so a report with the same
 * seed gives the same bytes.
 */
import type { Interval } from './interval.ts';
import { hasNoSpread, mean, standardDeviation } from './interval.ts';
import { quantile } from './quantile.ts';

/** Uniform numbers in [0, 1). */
export type Uniform = () => number;

interface BootstrapOptions {
  readonly uniform: Uniform;
  readonly resamples?: number;
  readonly level?: number;
  readonly unit?: string;
}

/**
 * Percentile interval of `statistic` under resampling of `values`. A statistic that cannot be had from a resample
 * returns null: such resamples are left out and counted in the method's name; null when fewer than half remain.
 */
export function bootstrapInterval<T>(
  values: readonly T[],
  statistic: (sample: readonly T[]) => number | null,
  options: BootstrapOptions,
): Interval | null {
  const { uniform, resamples = 2000, level = 0.95, unit = 'values' } = options;
  if (values.length < 2) return null;
  const drawn = Array.from({ length: resamples }, () => statistic(resample(values, uniform)));
  const statistics = drawn.filter(isFiniteNumber);
  if (statistics.length < resamples / 2) return null;
  return percentileInterval(statistics, {
    level,
    n: values.length,
    method: methodName(unit, resamples, resamples - statistics.length),
  });
}

function isFiniteNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

function methodName(unit: string, resamples: number, dropped: number): string {
  const name = `percentile bootstrap over ${unit}, ${resamples} resamples`;
  return dropped > 0 ? `${name}, ${dropped} without a value` : name;
}

function resample<T>(values: readonly T[], uniform: Uniform): T[] {
  return values.map(() => values[Math.floor(uniform() * values.length)] as T);
}

/**
 * How often each of `items` is drawn, for each of `resamples` draws with replacement. Shared by all comparisons on the
 * same items.
 */
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
 * The same for items that are not independent: groups are drawn whole, as many as there are (the cluster bootstrap,
 * Davison & Hinkley 1997, 3.8). Draws differ in their number of items where groups differ in size.
 *
 * @param groups Of each item.
 */
export function drawGroupWeights(
  groups: readonly string[],
  resamples: number,
  uniform: Uniform,
): readonly Uint16Array[] {
  const numbers = new Map<string, number>();
  const groupOf = groups.map((group) => {
    if (!numbers.has(group)) numbers.set(group, numbers.size);
    return numbers.get(group) as number;
  });
  return drawWeights(numbers.size, resamples, uniform).map((drawn) =>
    Uint16Array.from(groupOf, (group) => drawn[group] as number),
  );
}

/**
 * The mean of `row` under each draw of its items; computed once a row and used in every comparison the row is part of.
 * A mean over the items drawn: their number varies where groups are drawn whole.
 */
export function resampledMeans(row: Float64Array, itemWeights: readonly Uint16Array[]): Float64Array {
  return Float64Array.from(itemWeights, (weights) => {
    if (weights.length !== row.length)
      throw new RangeError(`resampledMeans: ${row.length} items, but weights for ${weights.length}`);
    let sum = 0;
    let drawn = 0;
    for (let i = 0; i < row.length; i++) {
      const weight = weights[i] as number;
      sum += (row[i] as number) * weight;
      drawn += weight;
    }
    return sum / drawn;
  });
}

/**
 * Interval of the grand mean of a units x items table (e.g. seeds x test pairs) when both are samples: units and items
 * are resampled independently and each draw of items serves all units, because all units saw the same items (the
 * pigeonhole bootstrap, Owen, Ann. Appl. Stat. 2007). Slightly conservative. `units`: `resampledMeans` of each unit,
 * under the same draws. null with fewer than two units, or without spread.
 */
export function crossedBootstrapInterval(
  units: readonly Float64Array[],
  { uniform, level = 0.95, unit = 'units and items' }: { uniform: Uniform; level?: number; unit?: string },
): Interval | null {
  const draws = commonDraws(units);
  if (units.length < 2 || draws < 2) return null;
  const means = Array.from({ length: draws }, (_, draw) => meanOfDrawnUnits(units, draw, uniform));
  const method = `crossed bootstrap over ${unit}, ${draws} resamples`;
  return percentileInterval(means, { level, n: units.length, method });
}

function commonDraws(units: readonly Float64Array[]): number {
  const draws = units[0]?.length ?? 0;
  if (units.some((row) => row.length !== draws))
    throw new RangeError('crossedBootstrapInterval: all units must have gone through the same draws of items');
  return draws;
}

function meanOfDrawnUnits(units: readonly Float64Array[], draw: number, uniform: Uniform): number {
  let sum = 0;
  for (let i = 0; i < units.length; i++)
    sum += (units[Math.floor(uniform() * units.length)] as Float64Array)[draw] as number;
  return sum / units.length;
}

function percentileInterval(
  statistics: readonly number[],
  about: { level: number; n: number; method: string },
): Interval | null {
  const deviation = standardDeviation(statistics);
  if (deviation === null || hasNoSpread(deviation, mean(statistics))) return null;
  const sorted = statistics.toSorted((a, b) => a - b);
  return { low: quantile(sorted, (1 - about.level) / 2), high: quantile(sorted, (1 + about.level) / 2), ...about };
}
