/** Which columns of a table give way, and how much, so that its lines keep to a width. */

export interface ColumnRoom {
  /** Characters of its longest cell. */
  readonly size: number;
  /** A text may end in an ellipsis; half a number would be another number. */
  readonly canBeCut: boolean;
  readonly isImportant: boolean;
}

const gap = 2;
/** Less of a text says nothing; words such as an outcome are shorter than this, and stay whole. */
const leastText = 12;
/** An important text is cut to this much before others are left out, and beyond it when all of them are. */
const leastImportantText = 30;

/**
 * The width of each column; null = left out. The last columns give way first, important ones last; cutting comes before
 * leaving out.
 */
export function fitColumns(columns: readonly ColumnRoom[], width: number | null): readonly (number | null)[] {
  const fit = new Fit(columns, width);
  const order = [...columns.keys()].reverse();
  const plain = order.filter((index) => columns[index]?.isImportant === false);
  const important = order.filter((index) => columns[index]?.isImportant === true);
  const secondary = important.filter((index) => index > 0);
  fit.cut(plain, leastText);
  fit.cut(secondary, leastImportantText);
  fit.leaveOut(plain);
  // A column may have been left out for a few characters: what is cut gets back what is free.
  fit.giveBack([...secondary, ...[...plain].reverse()]);
  fit.cut(important, leastText);
  fit.leaveOut(secondary);
  fit.cut([0], 1);
  return fit.widths;
}

class Fit {
  readonly widths: (number | null)[];
  readonly #columns: readonly ColumnRoom[];
  readonly #width: number;

  constructor(columns: readonly ColumnRoom[], width: number | null) {
    this.#columns = columns;
    this.widths = columns.map(({ size }) => size);
    this.#width = width ?? this.#total();
  }

  cut(indexes: readonly number[], least: number): void {
    for (const index of indexes) {
      const size = this.widths[index] ?? 0;
      if (this.#excess() > 0 && this.#columns[index]?.canBeCut === true && size > least)
        this.widths[index] = Math.max(least, size - this.#excess());
    }
  }

  leaveOut(indexes: readonly number[]): void {
    for (const index of indexes) if (this.#excess() > 0) this.widths[index] = null;
  }

  giveBack(indexes: readonly number[]): void {
    for (const index of indexes) {
      const size = this.widths[index] ?? null;
      if (size !== null && this.#excess() < 0)
        this.widths[index] = Math.min(this.#columns[index]?.size ?? size, size - this.#excess());
    }
  }

  #excess(): number {
    return this.#total() - this.#width;
  }

  #total(): number {
    const shown = this.widths.filter((size) => size !== null);
    return shown.reduce((sum, size) => sum + size, gap * (shown.length - 1));
  }
}
