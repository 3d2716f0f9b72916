/** One value of a table as text. */
export type Cell = string | number | boolean | null | undefined;

/** Missing values are `-`, so that they are seen to be missing; a text stays on one line. */
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
