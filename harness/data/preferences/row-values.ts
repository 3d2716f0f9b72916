/** Text in a row, and what is wrong with it. */
import { isRow } from './fields.ts';

/** A row that cannot be used; the message is the reason it is counted under. */
export class RowDrop extends Error {}

/** Something that no row of a file can have: the whole file is refused. */
export class FileRefusal extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** @throws RowDrop for anything but text with something in it, FileRefusal for chat messages. */
export function textOf(value: unknown, what: string): string {
  if (value === null || value === undefined) throw new RowDrop(`row: ${what} missing`);
  if (isMessages(value)) throw chat(what);
  if (typeof value !== 'string') throw new RowDrop(`row: ${what} is not text`);
  if (value.trim() === '') throw new RowDrop(`row: ${what} empty`);
  return value;
}

/** One text, or a list of them. */
export function textsOf(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value) || isMessages(value)) return [textOf(value, what)];
  if (value.length === 0) throw new RowDrop(`row: ${what} empty`);
  return value.map((one) => textOf(one, what));
}

function isMessages(value: unknown): boolean {
  const first = Array.isArray(value) ? (value[0] as unknown) : value;
  return isRow(first) && 'role' in first && 'content' in first;
}

function chat(what: string): FileRefusal {
  return new FileRefusal(
    `${what} is a list of chat messages (role, content), which cannot be read yet`,
    'Write prompt and responses as text.',
  );
}
