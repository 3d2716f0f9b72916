/**
 * The columns of the items that an evaluation recorded: one row a scored candidate (a pair has two, a question N). They
 * are Arrow IPC, read here by column name, so that this room needs no code of theirs. Texts stay coded as they are
 * stored: a million rows have a few thousand different ones.
 */
import type { Table, Vector } from 'apache-arrow';
import { arrow } from '../arrow/index.ts';
import { damagedFile } from '../store/index.ts';

/** `codes[row]` is an index into `words`; -1 where the value is missing. */
export interface WordColumn {
  readonly words: readonly string[];
  readonly codes: Int32Array;
}

export interface ItemColumns {
  readonly rows: number;
  readonly set: WordColumn;
  readonly itemId: WordColumn;
  readonly group: WordColumn;
  readonly answer: WordColumn;
  readonly candidate: Int32Array;
  readonly reward: Float32Array;
  /** null: not graded. */
  readonly isCorrect: readonly (boolean | null)[];
  readonly tokens: Int32Array;
  readonly subset: WordColumn;
  readonly source: WordColumn;
}

/** Throws `UserError` (exit 4) naming the file when it is not Arrow or lacks a column. */
export function readItemColumns(bytes: Uint8Array, path: string): ItemColumns {
  const table = parse(bytes, path);
  const column = (name: string): Vector => columnOf(table, name, path);
  // Files of before these columns were recorded lack them.
  const laterColumn = (name: string): WordColumn =>
    table.getChild(name) === null ? missingWords(table.numRows) : wordColumn(column(name));
  return {
    rows: table.numRows,
    set: wordColumn(column('set')),
    itemId: wordColumn(column('itemId')),
    group: wordColumn(column('group')),
    answer: wordColumn(column('answer')),
    candidate: integersOf(column('candidate')),
    reward: Float32Array.from(column('reward').toArray() as Iterable<number>),
    isCorrect: Array.from(column('isCorrect') as Iterable<boolean | null>),
    tokens: integersOf(column('tokens')),
    subset: laterColumn('subset'),
    source: laterColumn('source'),
  };
}

const missingWords = (rows: number): WordColumn => ({ words: [], codes: new Int32Array(rows).fill(-1) });

function columnOf(table: Table, name: string, path: string): Vector {
  const vector = table.getChild(name);
  if (vector !== null) return vector;
  const names = table.schema.fields.map((field) => field.name);
  throw damagedFile(path, `has no column ${name}; columns: ${names.join(', ')}`);
}

function integersOf(vector: Vector): Int32Array {
  return Int32Array.from(vector.toArray() as Iterable<number>);
}

function parse(bytes: Uint8Array, path: string): Table {
  try {
    return arrow().tableFromIPC(bytes);
  } catch (cause) {
    throw damagedFile(path, 'not an Arrow file', cause);
  }
}

function wordColumn(vector: Vector): WordColumn {
  const [data, ...more] = vector.data;
  if (!(vector.type instanceof arrow().Dictionary) || data?.dictionary === undefined || more.length > 0)
    return coded(vector as Iterable<unknown>, vector.length);
  const codes = Int32Array.from(data.values as Iterable<number>).subarray(0, vector.length);
  if (data.nullCount > 0) for (let row = 0; row < codes.length; row++) if (!data.getValid(row)) codes[row] = -1;
  return { words: Array.from(data.dictionary as Iterable<unknown>, String), codes };
}

function coded(values: Iterable<unknown>, rows: number): WordColumn {
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(rows);
  let row = 0;
  for (const value of values) {
    const word = value === null || value === undefined ? null : String(value);
    if (word !== null && !codeOf.has(word)) codeOf.set(word, codeOf.size);
    codes[row++] = word === null ? -1 : (codeOf.get(word) ?? -1);
  }
  return { words: [...codeOf.keys()], codes };
}
