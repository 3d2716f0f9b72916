/**
 * The text of a file as it goes by: as much of it as one value needs, with the place of its beginning. Bytes that are
 * not UTF-8 are an error: put into replacement characters, they would be another text.
 */
import { constants, isUtf8 } from 'node:buffer';
import { UserError } from '../../spec/user-error.ts';

interface Place {
  readonly at: number;
  readonly line: number;
  /** Index of the line break behind it. */
  readonly end: number;
}

/** Lines and columns count from 1, as editors do; a column is a character. */
export class TextWindow {
  text = '';
  /** No text follows the window. */
  isWhole = false;
  readonly #name: string;
  readonly #chunks: AsyncIterator<Buffer>;
  /** Bytes of a character whose end is in the next chunk. */
  #rest: Buffer = Buffer.alloc(0);
  #bytesRead = 0;
  /** Lines that ended in the text before the window and in it. */
  #linesRead = 0;
  #firstLine = 1;
  /** A place whose line is known, from which the next one is counted on. */
  #known: Place = { at: 0, line: 1, end: Infinity };
  /** Characters of its line before the window. */
  #columnsBefore = 0;

  constructor(name: string, chunks: AsyncIterable<Buffer>) {
    this.#name = name;
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Drops the text before `at`, and doubles what is left. */
  async advance(at: number): Promise<void> {
    this.#drop(at);
    const parts = [this.text];
    let length = this.text.length;
    const wanted = Math.max(1, 2 * length);
    while (length < wanted && !this.isWhole) {
      const part = await this.#next();
      parts.push(part);
      length += part.length;
    }
    if (length > constants.MAX_STRING_LENGTH) throw this.#tooLong();
    this.text = parts.join('');
    this.#known = this.#start();
  }

  lineOf(at: number): number {
    if (at < this.#known.at) this.#known = this.#start();
    let { line, end } = this.#known;
    while (end < at) {
      line += 1;
      end = this.#endOfLine(end + 1);
    }
    this.#known = { at, line, end };
    return line;
  }

  columnOf(at: number): number {
    const start = at === 0 ? 0 : this.text.lastIndexOf('\n', at - 1) + 1;
    return (start === 0 ? this.#columnsBefore : 0) + characters(this.text, start, at) + 1;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #start(): Place {
    return { at: 0, line: this.#firstLine, end: this.#endOfLine(0) };
  }

  #endOfLine(from: number): number {
    const end = this.text.indexOf('\n', from);
    return end === -1 ? Infinity : end;
  }

  #drop(at: number): void {
    this.#columnsBefore = this.columnOf(at) - 1;
    this.#firstLine = this.lineOf(at);
    this.text = this.text.slice(at);
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#chunks.next();
    const isFirst = this.#bytesRead === 0;
    this.isWhole = done === true;
    const bytes = this.isWhole ? this.#rest : Buffer.concat([this.#rest, value as Buffer]);
    const end = this.isWhole ? bytes.length : wholeCharacters(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) throw this.#notUtf8(whole);
    this.#rest = bytes.subarray(end);
    this.#bytesRead += end;
    this.#linesRead += lineBreaks(whole);
    const text = whole.toString('utf8');
    return isFirst ? text.replace(/^\uFEFF/, '') : text;
  }

  #notUtf8(bytes: Buffer): UserError {
    const at = firstInvalid(bytes);
    const offset = this.#bytesRead + at;
    const line = this.#linesRead + lineBreaks(bytes.subarray(0, at)) + 1;
    const hex = (bytes[at] ?? 0).toString(16).padStart(2, '0');
    return new UserError(`${this.#name}: byte 0x${hex} at offset ${offset} (line ${line}) is not UTF-8`, {
      exitCode: 2,
      hint:
        'Write the file as UTF-8. If it is Latin-1 or Windows-1252: ' +
        `iconv -f WINDOWS-1252 -t UTF-8 ${this.#name} > converted.jsonl`,
    });
  }

  #tooLong(): UserError {
    return new UserError(`${this.#name}:${this.#known.line}: the row that begins here is longer than 512 MB`, {
      exitCode: 2,
      hint: 'A row is kept in memory as one text: leave long fields out of it.',
    });
  }
}

/** A surrogate pair is one. */
function characters(text: string, start: number, end: number): number {
  let count = end - start;
  for (let at = start; at < end; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) count -= 1;
  return count;
}

function lineBreaks(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

/** How many of the bytes are whole characters: the last one may go on in the next chunk. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
    if (size > 0) return size > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Index of the first byte that belongs to no character, by halving. */
function firstInvalid(bytes: Buffer): number {
  let [valid, end] = [0, bytes.length];
  while (end - valid > 1) {
    const middle = Math.floor((valid + end) / 2);
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, wholeCharacters(part)))) valid = middle;
    else end = middle;
  }
  return wholeCharacters(bytes.subarray(0, valid));
}
