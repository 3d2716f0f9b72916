import { visible } from './visible.ts';

/** One value of a table as text. */
export type Cell = string | number | boolean | null | undefined;

/** Missing values are `-`, so that they are seen to be missing; a text stays on one line, and controls nothing. */
export function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  return typeof cell === 'number'
    ? formatNumber(cell)
    : visible(String(cell).replaceAll(/\s*\n\s*/g, ' ')).replaceAll('\t', '\\t');
}

/** Whole numbers in full, others with four decimals or four digits. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return String(value);
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? value.toFixed(4) : value.toExponential(3);
}
