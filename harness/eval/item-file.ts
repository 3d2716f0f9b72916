/**
 * Items as an Arrow IPC file: compact (ids and answers dictionary-encoded), read by column name here and by the
 * database.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  Bool,
  Dictionary,
  Float32,
  Int32,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
  type Vector,
} from 'apache-arrow';
import { UserError } from '../spec/user-error.ts';
import type { Item } from './item.ts';

/** Equal items give equal bytes. Rewards are stored as float32. */
export function writeItems(path: string, items: readonly Item[]): void {
  const table = new Table({
    set: words(
      items.map((item) => item.set),
      0,
    ),
    itemId: words(
      items.map((item) => item.itemId),
      1,
    ),
    group: words(
      items.map((item) => item.group),
      2,
    ),
    candidate: vectorFromArray(
      items.map((item) => item.candidate),
      new Int32(),
    ),
    reward: vectorFromArray(
      items.map((item) => item.reward),
      new Float32(),
    ),
    isCorrect: vectorFromArray(
      items.map((item) => item.isCorrect),
      new Bool(),
    ),
    tokens: vectorFromArray(
      items.map((item) => item.tokens),
      new Int32(),
    ),
    answer: words(
      items.map((item) => item.answer),
      3,
    ),
  });
  writeFileSync(path, tableToIPC(table, 'file'));
}

/** Throws `UserError` (exit 4) where the file is not Arrow or lacks a column. */
export function readItems(path: string): Item[] {
  const table = parse(path);
  const column = (name: keyof Item): readonly unknown[] => {
    const vector = table.getChild(name);
    if (vector === null) throw damaged(path, `it has no column ${name}`);
    return [...(vector as Iterable<unknown>)];
  };
  const [set, itemId, group, candidate] = [column('set'), column('itemId'), column('group'), column('candidate')];
  const [reward, isCorrect, tokens, answer] = [
    column('reward'),
    column('isCorrect'),
    column('tokens'),
    column('answer'),
  ];
  return set.map((value, i) => ({
    set: value as Item['set'],
    itemId: String(itemId[i]),
    group: String(group[i]),
    candidate: Number(candidate[i]),
    reward: Number(reward[i]),
    isCorrect: Boolean(isCorrect[i]),
    tokens: Number(tokens[i]),
    answer: answer[i] === null ? null : String(answer[i]),
  }));
}

/**
 * A dictionary id of its own a column: ids given by the library count up with every call, and equal items would not
 * give equal bytes.
 */
function words(values: readonly (string | null)[], id: number): Vector {
  return vectorFromArray(values, new Dictionary(new Utf8(), new Int32(), id));
}

function parse(path: string): Table {
  try {
    return tableFromIPC(readFileSync(path));
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
