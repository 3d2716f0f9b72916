/** The rows of data behind a chart. */
import type { Estimate } from '../report-types.ts';

/**
 * A mean with its interval, or one seed. What is not measured has no row: nothing is ever drawn at 0 for want of a
 * number.
 */
export interface ChartRow extends Partial<RowOrigin> {
  readonly panel: string;
  readonly series: string;
  /** What shape and dash stand for; equal to `series` in most figures. */
  readonly mark: string;
  readonly role: 'mean' | 'seed';
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Its interval is a bar: of the only mean of its line, or of few seeds, whose band would swamp the lines. */
  readonly hasBar: boolean;
}

/** What a mark on a page is told by and linked by; a drawing without it has no such page. */
export interface RowOrigin {
  /** As in other figures; the series where it is no arm. */
  readonly arm: string;
  readonly model: string;
  /** null: a mean of several. */
  readonly seed: number | null;
  readonly trialId: string | null;
  readonly n: number;
}

/** From so many seeds on an interval is narrow enough for a band. */
const seedsOfBand = 5;

interface RowPlace extends Pick<ChartRow, 'panel' | 'series' | 'x'> {
  readonly mark?: string;
  readonly origin?: Pick<RowOrigin, 'arm' | 'model'>;
}

/** One mean row and a row a seed. */
export function chartRows(at: RowPlace, estimate: Estimate | null): readonly ChartRow[] {
  if (estimate === null) return [];
  const { mean, n, values } = estimate;
  const originOf = (trials: Estimate['values'], of: number): Partial<RowOrigin> => {
    const [only] = trials.length === 1 ? trials : [];
    return at.origin === undefined
      ? {}
      : { ...at.origin, seed: only?.seed ?? null, trialId: only?.trialId ?? null, n: of };
  };
  const base = {
    panel: at.panel,
    series: at.series,
    mark: at.mark ?? at.series,
    x: at.x,
    hasBar: n < seedsOfBand,
  };
  const [low, high] = [estimate.interval?.low ?? null, estimate.interval?.high ?? null];
  return [
    { ...base, ...originOf(values, n), role: 'mean', y: mean, low, high },
    ...values.map((one): ChartRow => ({
      ...base,
      ...originOf([one], 1),
      role: 'seed',
      y: one.value,
      low: null,
      high: null,
    })),
  ];
}

/** Rounded; a mean that stands alone in its line has a bar. */
export function finishedRows(rows: readonly ChartRow[]): readonly ChartRow[] {
  const key = (row: ChartRow): string => JSON.stringify([row.panel, row.series, row.mark]);
  const means = new Map<string, number>();
  for (const row of rows) if (row.role === 'mean') means.set(key(row), (means.get(key(row)) ?? 0) + 1);
  return rows.map((row) => roundRow({ ...row, hasBar: row.hasBar || means.get(key(row)) === 1 }));
}

/** Floating point leaves tails of digits that would make files differ for no reason. */
export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

export function roundRow<T extends { readonly y: number; readonly low: number | null; readonly high: number | null }>(
  row: T,
): T {
  return {
    ...row,
    y: round(row.y),
    low: row.low === null ? null : round(row.low),
    high: row.high === null ? null : round(row.high),
  };
}
