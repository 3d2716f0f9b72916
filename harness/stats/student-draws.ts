/** Draws of means that few units (seeds) leave uncertain, for statistics that are no mean themselves. */
import { mean } from './interval.ts';

/**
 * Draws of the vector of column means of a units x columns table, units being few (seeds): multiplier bootstrap with
 * normal multipliers (van der Vaart & Wellner 1996, 2.9), divided by the root of a chi-squared over its n - 1 degrees.
 * Of any linear combination of the means the percentiles are Student's t-interval over units, which drawing three units
 * with replacement is far from. Columns stay paired within a unit. At least two units, of equal length.
 */
export function studentDraws(
  units: readonly (readonly number[])[],
  { normal, resamples = 2000 }: { readonly normal: () => number; readonly resamples?: number },
): readonly (readonly number[])[] {
  const n = units.length;
  if (n < 2) throw new RangeError(`studentDraws: at least two units needed, found ${n}`);
  const means = (units[0] as readonly number[]).map((_, column) => mean(units.map((unit) => unit[column] as number)));
  return Array.from({ length: resamples }, () => {
    const multipliers = units.map(() => normal());
    const chiSquared = units.slice(1).reduce((sum) => sum + normal() ** 2, 0);
    const scale = 1 / Math.sqrt(n * chiSquared);
    return means.map((center, column) => {
      const deviation = units.reduce(
        (sum, unit, u) => sum + (multipliers[u] as number) * ((unit[column] as number) - center),
        0,
      );
      return center + scale * deviation;
    });
  });
}
