/**
 * The text of a file as it goes by: as much of it as one value needs, with the place of its beginning. Bytes that are
 * not UTF-8 are an error: put into replacement characters, they would be another text.
 */
import { constants, isUtf8 } from 'node:buffer';
import { UserError } from '../../spec/user-error.ts';

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
  #known = { at: 0, line: 1 };
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
  }

  lineOf(at: number): number {
    const from = at < this.#known.at ? { at: 0, line: this.#firstLine } : this.#known;
    let { line } = from;
    for (let end = this.text.indexOf('\n', from.at); end !== -1 && end < at; end = this.text.indexOf('\n', end + 1))
      line += 1;
    this.#known = { at, line };
    return line;
  }

  columnOf(at: number): number {
    const start = at === 0 ? 0 : this.text.lastIndexOf('\n', at - 1) + 1;
    const characters = Array.from(this.text.slice(start, at)).length;
    return (start === 0 ? this.#columnsBefore : 0) + characters + 1;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #drop(at: number): void {
    this.#columnsBefore = this.columnOf(at) - 1;
    this.#firstLine = this.lineOf(at);
    this.#known = { at: 0, line: this.#firstLine };
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
