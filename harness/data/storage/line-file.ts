/**
 * Rows as JSON lines, one after the other: a file of any size is written and read with a flat memory curve. The number
 * of rows is the number of line breaks, which are counted when the file is opened (about 1 GB/s).
 */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { UserError } from '../../spec/user-error.ts';
import type { Rows, StoredRows } from '../rows.ts';

const chunkBytes = 1 << 20;
const lineBreak = 10;

/** One JSON object a line, in the given order; replaces the file. Returns the number of rows. */
export async function writeRows(path: string, rows: Rows<object>): Promise<number> {
  const file = openSync(path, 'w');
  try {
    let written = 0;
    let pending = '';
    for await (const row of rows) {
      pending += `${JSON.stringify(row)}\n`;
      written += 1;
      if (pending.length < chunkBytes) continue;
      writeFileSync(file, pending);
      pending = '';
    }
    writeFileSync(file, pending);
    return written;
  } finally {
    closeSync(file);
  }
}

/**
 * The rows of a file that `writeRows` wrote.
 * @throws UserError (4) naming file and line where it is missing, cut off or holds something else.
 */
export function storedRows<Row>(path: string, isRow: (value: unknown) => value is Row): StoredRows<Row> {
  return {
    count: countLines(path),
    async *[Symbol.asyncIterator]() {
      let line = 0;
      for (const text of linesOf(path)) yield parseRow(path, (line += 1), text, isRow);
    },
  };
}

/** @throws UserError (4) as `storedRows` does. */
export function parseRow<Row>(path: string, line: number, text: string, isRow: (value: unknown) => value is Row): Row {
  const value = parseLine(path, line, text);
  if (!isRow(value)) throw damaged(path, line, 'the fields are not those of this kind of file');
  return value;
}

function countLines(path: string): number {
  let lines = 0;
  let isEnded = true;
  for (const chunk of chunksOf(path)) {
    for (let at = chunk.indexOf(lineBreak); at !== -1; at = chunk.indexOf(lineBreak, at + 1)) lines += 1;
    isEnded = chunk.at(-1) === lineBreak;
  }
  if (!isEnded) throw damaged(path, lines + 1, 'the last line is cut off');
  return lines;
}

function* linesOf(path: string): Generator<string> {
  let rest: Buffer[] = [];
  for (const chunk of chunksOf(path)) {
    let start = 0;
    for (let end = chunk.indexOf(lineBreak); end !== -1; end = chunk.indexOf(lineBreak, start)) {
      const part = chunk.subarray(start, end);
      yield (rest.length === 0 ? part : Buffer.concat([...rest, part])).toString('utf8');
      rest = [];
      start = end + 1;
    }
    // The next chunk is read into the same memory.
    if (start < chunk.length) rest.push(Buffer.from(chunk.subarray(start)));
  }
}

/** Each is valid until the next is asked for. */
function* chunksOf(path: string): Generator<Buffer> {
  const file = openToRead(path);
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) yield buffer.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function parseLine(path: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(path, line, 'not a JSON object', cause);
  }
}

/** To be thrown where a file that a stage wrote is not there. */
export function unreadable(path: string, cause: unknown): UserError {
  return new UserError(`${path}: cannot be read (${cause instanceof Error ? cause.message : String(cause)})`, {
    exitCode: 4,
    hint: 'Run the same command again: missing outputs are made anew.',
    cause,
  });
}

/** To be thrown where a line of such a file is not what was written. */
export function damaged(path: string, line: number, what: string, cause?: unknown): UserError {
  return new UserError(`${path}:${line}: ${what}`, {
    exitCode: 4,
    hint: 'Remove the folder of this file and run the same command again.',
    cause,
  });
}
