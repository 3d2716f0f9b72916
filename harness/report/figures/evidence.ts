/**
 * What every caption owes: what is drawn, the interval's method, the n, and how many trials were used and left out.
 */
import { countsText, sumCounts } from '../counts.ts';
import { recordedValues, testItemsOf } from '../estimate.ts';
import { plural } from '../../text/index.ts';
import { range } from '../format.ts';
import type { Cell } from '../report-types.ts';
import type { ChartRow } from './chart-rows.ts';

/** Where lines are drawn side by side. */
export const apartText = 'Arms are set side by side, so that bars of one place can be told apart.';

export const cutText = (isCut: boolean): string =>
  isCut ? ' Intervals wider than the frame are cut at its edge.' : '';

export function evidenceText(cells: readonly Cell[], rows: readonly Pick<ChartRow, 'low'>[], isCut: boolean): string {
  const interval = rows.some((row) => row.low !== null)
    ? 'bars, or bands from five seeds on: 95 % t-interval over seeds'
    : 'no intervals: one seed a point, or no spread';
  const drawn = `Lines: means over seeds; small points: every seed; ${interval}.${cutText(isCut)}`;
  return `${drawn} ${countsText(sumCounts(cells))}${sizeText(cells)}.`;
}

/** `; n per point = 3 seeds x 500 test pairs`; of one task, or of tasks with one headline. */
function sizeText(cells: readonly Cell[]): string {
  const used = cells.filter((cell) => cell.used.length > 0);
  if (used.length === 0) return '';
  const { headline } = used[0] as Cell;
  const { noun, metric } = testItemsOf(
    headline,
    used.flatMap((cell) => cell.used),
  );
  const items = recordedValues(used, metric);
  const seeds = seedsText(used.map((cell) => cell.used.length));
  return `; n per point = ${seeds}${items.length === 0 ? '' : ` x ${range(items)} ${noun}`}`;
}

/** `1 seed`, `3 seeds`, `2-3 seeds`. */
function seedsText(seeds: readonly number[]): string {
  const isSame = Math.min(...seeds) === Math.max(...seeds);
  return isSame ? plural(seeds[0] as number, 'seed') : `${range(seeds)} seeds`;
}
