/**
 * Aligned columns: numbers to the right, text to the left, two spaces between. In a terminal a table keeps to its
 * width: the columns that matter least are cut, and then left out.
 */
import { formatCell, type Cell } from './cell.ts';
import { fitColumns } from './fit-columns.ts';
import { noPaint, type Paint } from './paint.ts';
import { cut, textWidth, wrap } from './width.ts';

export type { Cell } from './cell.ts';

export interface TableColumn {
  readonly name: string;
  readonly align?: 'left' | 'right';
  /** Stays whole for as long as other columns can give way. The first column always does. */
  readonly isImportant?: boolean;
  /** Style of a cell, by its text; null for none. */
  readonly style?: (text: string) => Parameters<Paint>[0] | null;
}

export interface FormatTableOptions {
  /** Characters a line may have; null = as many as it takes. */
  readonly width?: number | null;
  readonly paint?: Paint;
}

/** Header and rows as lines, joined by newlines. */
export function formatTable(
  columns: readonly (string | TableColumn)[],
  rows: readonly (readonly Cell[])[],
  { width = null, paint = noPaint }: FormatTableOptions = {},
): string {
  const heads = columns.map((column): TableColumn => (typeof column === 'string' ? { name: column } : column));
  const texts = rows.map((row) => heads.map((_, index) => formatCell(row[index])));
  const shown = shownColumns(heads, rows, texts, width);
  const line = (row: readonly string[], style: (column: ShownColumn, text: string) => string): string =>
    shown
      .map((column) => cellOf(column, row, style))
      .join('  ')
      .trimEnd();
  const styled = ({ head }: ShownColumn, text: string): string => {
    const style = head.style?.(text) ?? null;
    return style === null ? text : paint(style, text);
  };
  const names = heads.map(({ name }) => name);
  const missing = names.filter((_, index) => !shown.some((column) => column.index === index));
  return [
    line(names, (_, text) => paint('bold', text)),
    ...texts.map((row) => line(row, styled)),
    ...(missing.length === 0 ? [] : wrap(`(no room for: ${missing.join(', ')})`, width ?? Infinity)),
  ].join('\n');
}

interface ShownColumn {
  readonly head: TableColumn;
  readonly index: number;
  readonly size: number;
  readonly isRight: boolean;
}

function shownColumns(
  heads: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  texts: readonly (readonly string[])[],
  width: number | null,
): readonly ShownColumn[] {
  const isRight = (index: number): boolean => {
    const align = heads[index]?.align;
    return align === undefined ? rows.some((row) => typeof row[index] === 'number') : align === 'right';
  };
  const columns = heads.map(({ name, isImportant }, index) => ({
    size: Math.max(textWidth(name), ...texts.map((row) => textWidth(row[index] ?? ''))),
    canBeCut: !isRight(index),
    isImportant: index === 0 || isImportant === true,
  }));
  const widths = fitColumns(columns, width);
  return heads.flatMap((head, index) => {
    const size = widths[index] ?? null;
    return size === null ? [] : [{ head, index, size, isRight: isRight(index) }];
  });
}

function cellOf(
  column: ShownColumn,
  row: readonly string[],
  style: (column: ShownColumn, text: string) => string,
): string {
  const { index, size, isRight } = column;
  return pad(cut(row[index] ?? '', size), size, isRight, (text) => style(column, text));
}

/** The space around a cell is never painted. */
function pad(text: string, size: number, isRight: boolean, style: (text: string) => string): string {
  const space = ' '.repeat(Math.max(0, size - textWidth(text)));
  return isRight ? space + style(text) : style(text) + space;
}
