/**
 * Items as an Arrow IPC file: compact (ids and answers dictionary-encoded), read by column name here and by the
 * database.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Table, Vector } from 'apache-arrow';
import { arrow } from '../arrow/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { Item } from './item.ts';

/** Absent from files of before they were recorded. */
const laterColumns: ReadonlySet<keyof Item> = new Set(['subset', 'source']);

/** Equal items give equal bytes. Rewards are stored as float32. */
export function writeItems(path: string, items: readonly Item[]): void {
  const { Bool, Float32, Int32, Table, tableToIPC, vectorFromArray } = arrow();
  const column = <Name extends keyof Item>(name: Name): Item[Name][] => items.map((item) => item[name]);
  const table = new Table({
    set: words(column('set'), 0),
    itemId: words(column('itemId'), 1),
    group: words(column('group'), 2),
    candidate: vectorFromArray(column('candidate'), new Int32()),
    reward: vectorFromArray(column('reward'), new Float32()),
    isCorrect: vectorFromArray(column('isCorrect'), new Bool()),
    tokens: vectorFromArray(column('tokens'), new Int32()),
    answer: words(column('answer'), 3),
    subset: words(column('subset'), 4),
    source: words(column('source'), 5),
  });
  writeFileSync(path, tableToIPC(table, 'file'));
}

/** Throws `UserError` (exit 4) where the file is not Arrow or lacks a column. */
export function readItems(path: string): Item[] {
  const columns = columnsOf(path, parse(path));
  return columns.set.map((set, i) => ({
    set: set as Item['set'],
    itemId: String(columns.itemId[i]),
    group: String(columns.group[i]),
    candidate: Number(columns.candidate[i]),
    reward: Number(columns.reward[i]),
    isCorrect: columns.isCorrect[i] === null ? null : Boolean(columns.isCorrect[i]),
    tokens: Number(columns.tokens[i]),
    answer: wordOrNull(columns.answer[i]),
    subset: wordOrNull(columns.subset[i]),
    source: wordOrNull(columns.source[i]),
  }));
}

const wordOrNull = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

function columnsOf(path: string, table: Table): Readonly<Record<keyof Item, readonly unknown[]>> {
  const column = (name: keyof Item): readonly unknown[] => {
    const vector = table.getChild(name);
    if (vector === null && laterColumns.has(name)) return [];
    if (vector === null) throw damaged(path, `it has no column ${name}`);
    return [...(vector as Iterable<unknown>)];
  };
  return {
    set: column('set'),
    itemId: column('itemId'),
    group: column('group'),
    candidate: column('candidate'),
    reward: column('reward'),
    isCorrect: column('isCorrect'),
    tokens: column('tokens'),
    answer: column('answer'),
    subset: column('subset'),
    source: column('source'),
  };
}

/**
 * A dictionary id of its own a column: ids given by the library count up with every call, and equal items would not
 * give equal bytes.
 */
function words(values: readonly (string | null)[], id: number): Vector {
  const { Dictionary, Int32, Utf8, vectorFromArray } = arrow();
  return vectorFromArray(values, new Dictionary(new Utf8(), new Int32(), id));
}

function parse(path: string): Table {
  try {
    return arrow().tableFromIPC(readFileSync(path));
  } catch (cause) {
    throw damaged(path, 'it is not an Arrow file', cause);
  }
}

function damaged(path: string, reason: string, cause?: unknown): UserError {
  return new UserError(`${path}: ${reason}`, {
    exitCode: 4,
    hint: 'remove the folder of this stage and run the same command again',
    cause,
  });
}
