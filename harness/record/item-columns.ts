/**
 * The columns of `items.arrow`: one row a scored candidate (a pair has two, a question N). Written by the evaluation as Arrow IPC,
 * read here by column name, so that this room needs no code of theirs.
 */
import { tableFromIPC } from 'apache-arrow';
import type { Table } from 'apache-arrow';
import { damagedFile } from './json-file.ts';

export interface ItemColumns {
  readonly rows: number;
  readonly set: readonly (string | null)[];
  readonly itemId: readonly (string | null)[];
  readonly group: readonly (string | null)[];
  readonly candidate: readonly (number | null)[];
  readonly reward: readonly (number | null)[];
  readonly isCorrect: readonly (boolean | null)[];
  readonly tokens: readonly (number | null)[];
  readonly answer: readonly (string | null)[];
}

/** Throws `UserError` (exit 4) naming the file when it is not Arrow or lacks a column. */
export function readItemColumns(bytes: Uint8Array, path: string): ItemColumns {
  const table = parse(bytes, path);
  const column = <T>(name: string, convert: (value: unknown) => T): readonly (T | null)[] => {
    const vector = table.getChild(name);
    if (vector === null) throw damagedFile(path, `has no column ${name}; columns: ${table.schema.fields.map((field) => field.name).join(', ')}`);
    return Array.from(vector as Iterable<unknown>, (value) => (value === null || value === undefined ? null : convert(value)));
  };
  return {
    rows: table.numRows,
    set: column('set', String), itemId: column('itemId', String), group: column('group', String), candidate: column('candidate', Number),
    reward: column('reward', Number), isCorrect: column('isCorrect', Boolean), tokens: column('tokens', Number), answer: column('answer', String),
  };
}

function parse(bytes: Uint8Array, path: string): Table {
  try {
    return tableFromIPC(bytes);
  } catch (cause) {
    throw damagedFile(path, 'not an Arrow file', cause);
  }
}
