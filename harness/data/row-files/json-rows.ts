/**
 * Rows of JSON text, one at a time: values that follow one another (JSONL, also printed over several lines), or the
 * entries of one list. A value that is no JSON is told with its place. Of values the next ones are still read; a list
 * ends there.
 */
import { tableOf } from './file-kind.ts';
import { JsonCut, JsonFault, unexpected } from './json-fault.ts';
import { readJson, skipSpace, type JsonOddity, type JsonValue } from './json-value.ts';
import { notRows } from './row-source.ts';
import { TextWindow } from './text-window.ts';

export interface PlacedOddity extends Omit<JsonOddity, 'at'> {
  /** null in Parquet. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface ReadRow {
  /** From 1; empty lines are not counted. */
  readonly row: number;
  /** Where it begins; null in Parquet. */
  readonly line: number | null;
  /** What a row is found by: the line in JSONL, its number in a list or in Parquet. */
  readonly unit: 'line' | 'row';
  readonly value: unknown;
  readonly oddities: readonly PlacedOddity[];
}

export interface BrokenRow extends Omit<ReadRow, 'value' | 'oddities'> {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}

/** @throws UserError (2) for a text that is not UTF-8, or holds a table. */
export async function* jsonRows(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<ReadRow | BrokenRow> {
  const reader = new RowReader(name, chunks);
  try {
    yield* reader.rows();
  } finally {
    await reader.close();
  }
}

class RowReader {
  readonly #window: TextWindow;
  readonly #name: string;
  #at = 0;
  #row = 0;
  #unit: ReadRow['unit'] = 'line';

  constructor(name: string, chunks: AsyncIterable<Buffer>) {
    this.#name = name;
    this.#window = new TextWindow(name, chunks);
  }

  close(): Promise<void> {
    return this.#window.close();
  }

  async *rows(): AsyncGenerator<ReadRow | BrokenRow> {
    const first = await this.#next();
    if (first === undefined) return;
    if (first === '[') return yield* this.#listed();
    this.#refuseTable(await this.#line());
    while ((await this.#next()) !== undefined) yield* this.#written();
  }

  /** A value with a line of its own, or with several. */
  async *#written(): AsyncGenerator<ReadRow | BrokenRow> {
    this.#row += 1;
    const line = this.#window.lineOf(this.#at);
    const read = await this.#valueOrFault();
    if (!(read instanceof JsonFault)) {
      const row = this.#read(read, line);
      const behind = await this.#behindValue();
      if (behind === null) return yield row;
      yield this.#fault(behind);
      return await this.#skipLine(behind.at);
    }
    if (read.at >= this.#window.text.length) {
      yield this.#unclosed(line, 'the file');
      this.#at = read.at;
      return;
    }
    const found = this.#window.lineOf(read.at);
    const isNextRow = found > line && this.#window.columnOf(read.at) === 1 && this.#window.text[read.at] === '{';
    if (isNextRow) {
      yield this.#unclosed(line, 'its line');
      return await this.#skipToRow(this.#at);
    }
    yield this.#broken(read, found);
    if (found === line) await this.#skipLine(read.at);
    else await this.#skipToRow(read.at);
  }

  /** What is left of a row of several lines is no row: the next one begins where a line does. */
  async #skipToRow(from: number): Promise<void> {
    await this.#skipLine(from);
    while (((await this.#next()) ?? '{') !== '{' || !this.#isAtMargin()) await this.#skipLine(this.#at);
  }

  #isAtMargin(): boolean {
    return this.#window.columnOf(this.#at) === 1 || this.#at >= this.#window.text.length;
  }

  async *#listed(): AsyncGenerator<ReadRow | BrokenRow> {
    this.#unit = 'row';
    this.#at += 1;
    let found = await this.#next();
    while (found !== ']') {
      this.#row += 1;
      const line = this.#window.lineOf(this.#at);
      const read = await this.#valueOrFault();
      if (read instanceof JsonFault)
        return yield read.at < this.#window.text.length ? this.#fault(read) : this.#unclosed(line, 'the file');
      yield this.#read(read, line);
      const end = await this.#next();
      if (end !== ',' && end !== ']') return yield this.#fault(this.#unexpected('a comma or ] behind the row'));
      if (end === ',') this.#at += 1;
      found = await this.#next();
      if (end === ',' && found === ']')
        return yield this.#fault(new JsonFault(this.#at, 'found ] behind a comma; leave the comma out'));
    }
    this.#at += 1;
    if ((await this.#next()) === undefined) return;
    yield this.#fault(this.#unexpected('the end of the file behind the list of rows'));
  }

  /** Where it begins is told, since it ends nowhere. */
  #unclosed(line: number, end: string): BrokenRow {
    const problem = `not JSON: the row that begins here is not closed at the end of ${end}`;
    return { ...this.#place(line), column: this.#window.columnOf(this.#at), problem };
  }

  #fault(fault: JsonFault): BrokenRow {
    return this.#broken(fault, this.#window.lineOf(fault.at));
  }

  /** The next character that is no white space, which is then at `#at`; undefined at the end. */
  async #next(): Promise<string | undefined> {
    for (;;) {
      this.#at = skipSpace(this.#window.text, this.#at);
      if (this.#at < this.#window.text.length) return this.#window.text[this.#at];
      if (this.#window.isWhole) return undefined;
      await this.#advance();
    }
  }

  async #advance(): Promise<void> {
    await this.#window.advance(this.#at);
    this.#at = 0;
  }

  /** The rest of the line at `#at`, or as much of it as says what it is. */
  async #line(): Promise<string> {
    const enough = 4096;
    while (this.#window.text.length - this.#at < enough && !this.#window.isWhole) await this.#advance();
    return this.#window.text.slice(this.#at, this.#at + enough).split(/[\r\n]/, 1)[0] ?? '';
  }

  async #valueOrFault(): Promise<JsonValue | JsonFault> {
    for (;;)
      try {
        return readJson(this.#window.text, this.#at, this.#window.isWhole);
      } catch (error) {
        if (error instanceof JsonFault) return error;
        if (!(error instanceof JsonCut)) throw error;
        await this.#advance();
      }
  }

  /** What is wrong behind a value, where only its line may end; null where nothing is. */
  async #behindValue(): Promise<JsonFault | null> {
    for (;;) {
      const { text, isWhole } = this.#window;
      const end = /[^ \t\r]|$/g;
      end.lastIndex = this.#at;
      this.#at = end.exec(text)?.index ?? text.length;
      if (text[this.#at] === '\n' || (isWhole && this.#at >= text.length)) return null;
      if (this.#at < text.length) break;
      await this.#advance();
    }
    const isComma = this.#window.text[this.#at] === ',';
    return isComma
      ? new JsonFault(this.#at, 'found a comma behind the row; rows of a list stand between [ and ]')
      : this.#unexpected('the end of the line behind the row');
  }

  #unexpected(expected: string): JsonFault {
    return unexpected(this.#window.text, this.#at, expected);
  }

  async #skipLine(from: number): Promise<void> {
    this.#at = from;
    for (;;) {
      const end = this.#window.text.indexOf('\n', this.#at);
      this.#at = end === -1 ? this.#window.text.length : end;
      if (end !== -1 || this.#window.isWhole) return;
      await this.#advance();
    }
  }

  #read({ value, end, oddities }: JsonValue, line: number): ReadRow {
    const placed = oddities.map(({ at, ...oddity }) => ({
      ...oddity,
      line: this.#window.lineOf(at),
      column: this.#window.columnOf(at),
    }));
    this.#at = end;
    return { ...this.#place(line), value, oddities: placed };
  }

  #broken(fault: JsonFault, line: number): BrokenRow {
    return { ...this.#place(line), column: this.#window.columnOf(fault.at), problem: `not JSON: ${fault.message}` };
  }

  #place(line: number): { readonly row: number; readonly line: number; readonly unit: ReadRow['unit'] } {
    return { row: this.#row, line, unit: this.#unit };
  }

  #refuseTable(line: string): void {
    const table = tableOf(line);
    if (table !== null) throw notRows(this.#name, table.what, table.remedy);
  }
}
