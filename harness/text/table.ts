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
  const isRight = heads.map(({ align }, index) =>
    align === undefined ? rows.some((row) => typeof row[index] === 'number') : align === 'right',
  );
  const natural = heads.map(({ name }, index) =>
    Math.max(textWidth(name), ...texts.map((row) => textWidth(row[index] ?? ''))),
  );
  const { widths, dropped } = fitColumns(
    natural.map((size, index) => ({
      size,
      canBeCut: isRight[index] !== true,
      isImportant: index === 0 || heads[index]?.isImportant === true,
    })),
    width,
  );
  const line = (row: readonly string[], styleOf: (index: number, text: string) => string): string =>
    row
      .flatMap((text, index) => {
        const size = widths[index] ?? null;
        return size === null ? [] : [pad(cut(text, size), size, isRight[index] === true, (t) => styleOf(index, t))];
      })
      .join('  ')
      .trimEnd();
  const styled = (index: number, text: string): string => {
    const style = heads[index]?.style?.(text) ?? null;
    return style === null ? text : paint(style, text);
  };
  const missing = dropped.map((index) => heads[index]?.name ?? '');
  return [
    line(
      heads.map(({ name }) => name),
      (_, text) => paint('bold', text),
    ),
    ...texts.map((row) => line(row, styled)),
    ...(missing.length === 0 ? [] : wrap(`(no room for: ${missing.join(', ')})`, width ?? Infinity)),
  ].join('\n');
}

/** The space around a cell is never painted. */
function pad(text: string, size: number, isRight: boolean, style: (text: string) => string): string {
  const space = ' '.repeat(Math.max(0, size - textWidth(text)));
  return isRight ? space + style(text) : style(text) + space;
}
