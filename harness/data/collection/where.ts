/** Filters over the columns of a row. A row is kept where all of them hold. */
import { valueAt } from '../row-files/column-rows.ts';

type Scalar = string | number | boolean;

/** One condition. A column that is a list fulfils `in` by any of its entries, and `notIn` by none. */
export interface RowFilter {
  readonly column: string;
  readonly in?: readonly Scalar[] | undefined;
  readonly notIn?: readonly Scalar[] | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

/** A row without the column fulfils `notIn` alone. */
export function fulfils(row: Readonly<Record<string, unknown>>, filter: RowFilter): boolean {
  const value = valueAt(row, filter.column);
  if (filter.in !== undefined) return hasAny(value, filter.in);
  if (filter.notIn !== undefined) return !hasAny(value, filter.notIn);
  if (typeof value !== 'number') return false;
  return filter.atLeast === undefined ? value <= (filter.atMost as number) : value >= filter.atLeast;
}

function hasAny(value: unknown, wanted: readonly Scalar[]): boolean {
  return [value].flat().some((one) => wanted.includes(one as Scalar));
}
