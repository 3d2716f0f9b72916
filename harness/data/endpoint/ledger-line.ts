/**
 * The lines of a ledger. A request is an `intent` before it is sent; a `failure` or the `answer` closes it. An intent
 * that nothing closes was in flight when its process was killed.
 */
import type { FileHandle } from 'node:fs/promises';
import type { Asker } from './asker.ts';

export interface Intent {
  readonly kind: 'intent';
  readonly sha: string;
  /** Unique; names the attempt in the line that closes it. */
  readonly id: string;
  readonly by: Asker;
  readonly key: string;
  readonly request: unknown;
}

export interface Failure {
  readonly kind: 'failure';
  readonly sha: string;
  readonly id: string;
  readonly reason: string;
  readonly status: number | null;
  /** The server's `Date`. */
  readonly date: string | null;
  readonly body: string | null;
  /** Whether the server may have made, and charged, a completion. */
  readonly mayBeBought: boolean;
}

export interface Answer {
  readonly kind: 'answer';
  readonly sha: string;
  readonly id: string;
  readonly key: string;
  readonly status: number;
  readonly date: string | null;
  /** Earlier attempts that may have been charged. */
  readonly mayBeBoughtBefore: number;
  /** The whole body as it came. */
  readonly body: string;
}

export type LedgerLine = Intent | Failure | Answer;

/** Null for a line that was torn by a kill. */
export function parseLine(line: Buffer): LedgerLine | null {
  try {
    const value = JSON.parse(line.toString('utf8')) as Partial<LedgerLine> | null;
    return typeof value?.kind === 'string' && typeof value.sha === 'string' ? (value as LedgerLine) : null;
  } catch {
    return null;
  }
}

/**
 * Hands over each line that ends with a newline, and its place in the file. Returns where the first unfinished one
 * begins: another process may be writing it. `chunk` is memory to read into.
 */
export async function readLines(
  file: FileHandle,
  from: number,
  chunk: Buffer,
  take: (line: Buffer, at: number) => void,
): Promise<number> {
  let rest = Buffer.alloc(0);
  for (let at = from; ;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at + rest.length);
    if (bytesRead === 0) return at;
    const text = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    const end = text.lastIndexOf(0x0a) + 1;
    eachLine(text.subarray(0, end), (line, start) => take(line, at + start));
    at += end;
    rest = text.subarray(end);
  }
}

function eachLine(text: Buffer, take: (line: Buffer, start: number) => void): void {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf(0x0a, start);
    if (end > start) take(text.subarray(start, end), start);
    start = end + 1;
  }
}
