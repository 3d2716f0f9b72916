/** Means and quantiles of the sample. */
import { mean, quantile } from '../../stats/index.ts';
import type { SideLengths, Spread } from './audit.ts';

/** null for no values. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => quantile(sorted, share);
  return { mean: mean(values), q05: at(0.05), median: at(0.5), q95: at(0.95) };
}

/** null for no pairs. */
export function sideLengths(
  unit: SideLengths['unit'],
  sides: readonly { readonly chosen: number; readonly rejected: number }[],
): SideLengths | null {
  const [chosen, rejected, difference] = [
    spreadOf(sides.map((side) => side.chosen)),
    spreadOf(sides.map((side) => side.rejected)),
    spreadOf(sides.map((side) => side.chosen - side.rejected)),
  ];
  if (chosen === null || rejected === null || difference === null) return null;
  const share = (is: (side: { readonly chosen: number; readonly rejected: number }) => boolean): number =>
    sides.filter(is).length / sides.length;
  return {
    unit,
    chosen,
    rejected,
    difference,
    chosenLonger: share((side) => side.chosen > side.rejected),
    equal: share((side) => side.chosen === side.rejected),
  };
}
