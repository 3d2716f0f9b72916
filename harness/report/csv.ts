/**
 * results.csv: every number of the tables, as fractions and without rounding (RFC 4180). A missing number is an empty
 * field.
 */
import type { NumberRow } from './report-types.ts';

const columns = [
  'table',
  'task',
  'model',
  'arm',
  'variant',
  'pretrainPairs',
  'samples',
  'metric',
  'mean',
  'low',
  'high',
  'n',
  'method',
] as const satisfies readonly (keyof NumberRow)[];
const headers = columns.map((column) => column.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

export function csvOf(rows: readonly NumberRow[]): string {
  return [headers.join(','), ...rows.map((row) => columns.map((column) => field(row[column])).join(','))]
    .map((line) => `${line}\r\n`)
    .join('');
}

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
