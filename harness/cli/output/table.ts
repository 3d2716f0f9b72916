/**
 * Aligned columns for people: numbers to the right, text to the left, two spaces between; no escape codes, so it reads
 * the same in a pipe.
 */
export type Cell = string | number | boolean | null | undefined;

export interface TableColumn {
  readonly name: string;
  readonly align?: 'left' | 'right';
}

/** Header and rows as lines; empty cells as `-`, so that a missing value is seen to be missing. */
export function formatTable(columns: readonly (string | TableColumn)[], rows: readonly (readonly Cell[])[]): string {
  const heads = columns.map((column) => (typeof column === 'string' ? { name: column } : column));
  const isRight = heads.map(
    (head, index) =>
      (head.align ?? (rows.some((row) => typeof row[index] === 'number') ? 'right' : 'left')) === 'right',
  );
  const texts = [heads.map((head) => head.name), ...rows.map((row) => heads.map((_, index) => formatCell(row[index])))];
  const widths = heads.map((_, index) => Math.max(...texts.map((row) => width(row[index] ?? ''))));
  return texts
    .map((row) =>
      row
        .map((text, index) => pad(text, widths[index] ?? 0, isRight[index] === true))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  return typeof cell === 'number' ? formatNumber(cell) : String(cell).replaceAll(/\s*\n\s*/g, ' ');
}

/** Whole numbers in full, others with four decimals or four digits. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return String(value);
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? value.toFixed(4) : value.toExponential(3);
}

export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null) return '-';
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const width = (text: string): number => [...text].length;

function pad(text: string, size: number, isRight: boolean): string {
  const space = ' '.repeat(Math.max(0, size - width(text)));
  return isRight ? space + text : text + space;
}
