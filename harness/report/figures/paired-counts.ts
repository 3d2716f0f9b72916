/** How many trials of a comparison have a partner of the same seed. */
import { isAt } from '../arm-points.ts';
import { countsText, sumCounts } from '../counts.ts';
import type { Cell, Comparison } from '../report-types.ts';

/** A completed trial whose partner of the same seed is missing is in no difference: counted, and said. */
export function pairedCounts(cells: readonly Cell[], comparisons: readonly Comparison[]): string {
  const involved = cells.filter((cell) => comparisons.some((comparison) => touches(comparison, cell)));
  const unpaired = involved.reduce((sum, cell) => sum + unpairedIn(cell, comparisons), 0);
  const counts = sumCounts(involved);
  const text = countsText({ ...counts, used: counts.used - unpaired });
  return `${text}${unpaired > 0 ? `; ${unpaired} without a partner of the same seed` : ''}`;
}

const touches = ({ treatment, reference }: Comparison, cell: Cell): boolean =>
  isAt(cell, treatment) || isAt(cell, reference);

function unpairedIn(cell: Cell, comparisons: readonly Comparison[]): number {
  const own = comparisons.filter(
    (comparison) => comparison.samples === cell.samples && comparison.model === cell.model && touches(comparison, cell),
  );
  const paired = new Set(own.flatMap(({ differences }) => differences.map(({ seed }) => seed)));
  return cell.used.filter((trial) => !paired.has(trial.seed)).length;
}
