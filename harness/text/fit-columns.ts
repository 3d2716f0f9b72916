/** Which columns of a table give way, and how much, so that its lines keep to a width. */

export interface ColumnRoom {
  /** Characters of its longest cell. */
  readonly size: number;
  /** A text may end in an ellipsis; half a number would be another number. */
  readonly canBeCut: boolean;
  readonly isImportant: boolean;
}

export interface FittedColumns {
  /** null = left out. */
  readonly widths: readonly (number | null)[];
  readonly dropped: readonly number[];
}

const gap = 2;
/** Less of a text says nothing; words such as an outcome are shorter than this, and stay whole. */
const leastText = 12;
/** An important text is cut to this much before others are left out, and beyond it when all of them are. */
const leastImportantText = 30;

/** The last columns give way first, important ones last; cutting comes before leaving out. */
export function fitColumns(columns: readonly ColumnRoom[], width: number | null): FittedColumns {
  const widths: (number | null)[] = columns.map(({ size }) => size);
  const excess = (): number => {
    const shown = widths.filter((size) => size !== null);
    return width === null ? 0 : shown.reduce((sum, size) => sum + size, gap * (shown.length - 1)) - width;
  };
  const order = [...columns.keys()].reverse();
  const plain = order.filter((index) => columns[index]?.isImportant === false);
  const important = order.filter((index) => columns[index]?.isImportant === true);
  const cutThem = (indexes: readonly number[], least: number): void => {
    for (const index of indexes) {
      const size = widths[index] ?? 0;
      if (excess() > 0 && columns[index]?.canBeCut === true && size > least)
        widths[index] = Math.max(least, size - excess());
    }
  };
  const secondary = important.filter((index) => index > 0);
  cutThem(plain, leastText);
  cutThem(secondary, leastImportantText);
  for (const index of plain) if (excess() > 0) widths[index] = null;
  // A column may have been left out for a few characters: what is cut gets back what is free.
  for (const index of [...secondary, ...[...plain].reverse()]) {
    const size = widths[index] ?? null;
    if (size !== null && excess() < 0) widths[index] = Math.min(columns[index]?.size ?? size, size - excess());
  }
  cutThem(important, leastText);
  for (const index of secondary) if (excess() > 0) widths[index] = null;
  cutThem([0], 1);
  return { widths, dropped: [...columns.keys()].filter((index) => widths[index] === null) };
}
