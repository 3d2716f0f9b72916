/**
 * Numbers as they were written. A number of JSON may have more digits than a `number` holds (1234567890123456789), a
 * size beyond it (1e400) or a form that it forgets (1.0). Values are plain numbers; what was written is kept beside.
 */

import { WrittenNumber } from '../../text/index.ts';

const written = new WeakMap<object, Map<string, string>>();

/** Remembers how the number in a field was written, where its value alone would not tell. */
export function rememberNumber(row: object, field: string, text: string): void {
  const isPlain = text.length < 16 && !/[.eE]|^-0/.test(text);
  if (isPlain || String(Number(text)) === text) return;
  const fields = written.get(row);
  if (fields === undefined) written.set(row, new Map([[field, text]]));
  else fields.set(field, text);
}

/** The text of a number that its value does not tell; null for every other value. */
export function writtenNumber(row: object, field: string): WrittenNumber | null {
  const text = written.get(row)?.get(field);
  return text === undefined ? null : new WrittenNumber(text);
}

/** A copy of the row with another value in a field. */
export function withField<Row extends object>(row: Row, field: string, value: unknown): Row {
  const copy = { ...row, [field]: value };
  const texts = written.get(row);
  if (texts !== undefined) written.set(copy, new Map([...texts].filter(([name]) => name !== field)));
  return copy;
}

/** Text of a value that names something: as it was written, so that two large numbers stay two. */
export function nameIn(row: Readonly<Record<string, unknown>>, field: string): string {
  return writtenNumber(row, field)?.text ?? String(row[field]);
}
