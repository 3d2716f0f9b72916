/**
 * Rows on disk that are read again in any order: they are appended as JSON, and 8 bytes of memory a row say where each
 * begins. For what is too much for memory and is needed in another order than it came in.
 */
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';

const flushCharacters = 1 << 20;

export class RowSpool<Row extends object> {
  readonly #path: string;
  readonly #file: number;
  /** Start of each row, and of the one that comes next. */
  #offsets = new Float64Array(1 << 10);
  #count = 0;
  #pending: string[] = [];
  #pendingCharacters = 0;
  #flushedCount = 0;

  /** Replaces the file. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'w');
  }

  get count(): number {
    return this.#count;
  }

  /** Returns the number of the row: 0, 1, ... */
  append(row: Row): number {
    const text = `${JSON.stringify(row)}\n`;
    this.#pending.push(text);
    this.#pendingCharacters += text.length;
    this.#count += 1;
    if (this.#count === this.#offsets.length) this.#offsets = grown(this.#offsets);
    if (this.#pendingCharacters >= flushCharacters) this.#flush();
    return this.#count - 1;
  }

  /** Nothing can be appended any more. */
  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  /** The rows of these numbers, in this order. The spool is closed, and its file is there until the last is read. */
  *rows(numbers: Iterable<number>): Generator<Row> {
    const file = openSync(this.#path, 'r');
    try {
      let buffer = Buffer.allocUnsafe(1 << 16);
      for (const number of numbers) {
        const [start = 0, end = 0] = [this.#offsets[number], this.#offsets[number + 1]];
        if (number >= this.#count) throw new RangeError(`row ${number} of ${this.#count}`);
        if (end - start > buffer.length) buffer = Buffer.allocUnsafe(2 * (end - start));
        const read = readSync(file, buffer, 0, end - start, start);
        if (read !== end - start) throw new Error(`${this.#path}: was changed while it was read`);
        yield JSON.parse(buffer.toString('utf8', 0, read)) as Row;
      }
    } finally {
      closeSync(file);
    }
  }

  #flush(): void {
    for (const text of this.#pending) {
      const next = (this.#offsets[this.#flushedCount] ?? 0) + Buffer.byteLength(text);
      this.#flushedCount += 1;
      this.#offsets[this.#flushedCount] = next;
    }
    if (this.#pending.length > 0) writeFileSync(this.#file, this.#pending.join(''));
    this.#pending = [];
    this.#pendingCharacters = 0;
  }
}

function grown(list: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * list.length);
  larger.set(list);
  return larger;
}
