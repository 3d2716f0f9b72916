/**
 * Rows in a window of text: values that follow one another (JSONL, also printed over several lines), or the entries of
 * one list. A value that is no JSON is told with its place. Behind it the next values are still read; a list ends.
 */
import { tableOf } from './file-kind.ts';
import { JsonCut, JsonFault, unexpected } from './json-fault.ts';
import { readJson, skipSpace, type JsonValue } from './json-value.ts';
import type { BrokenRow, ReadRow } from './read-row.ts';
import { notRows } from './row-source.ts';
import type { TextWindow } from './text-window.ts';

type Row = ReadRow | BrokenRow;

type Step = 'start' | 'value' | 'restOfLine' | 'restOfRow' | 'entry' | 'separator' | 'behindList' | 'end';

/** What a first line must be known of, to be told from the header of a table. */
const headerCharacters = 4096;

export class RowParser {
  /** The text before is done with. */
  kept = 0;
  readonly #name: string;
  readonly #window: TextWindow;
  /** What is read next. A step gives a row, null where there are no more, undefined where another step is needed. */
  readonly #steps: Readonly<Record<Step, () => Row | null | undefined>> = {
    start: () => this.#start(),
    value: () => this.#value(),
    restOfLine: () => this.#skipLine('value'),
    restOfRow: () => this.#skipRow(),
    entry: () => this.#entry(),
    separator: () => this.#separator(),
    behindList: () => this.#behindList(),
    end: () => null,
  };
  #step: Step = 'start';
  #at = 0;
  #row = 0;
  #hasComma = false;
  #unit: ReadRow['unit'] = 'line';

  constructor(name: string, window: TextWindow) {
    this.#name = name;
    this.#window = window;
  }

  /**
   * null at the end.
   * @throws JsonCut where the window has to go on; what was begun is then read again from `kept`.
   */
  next(): Row | null {
    for (;;) {
      this.#at = this.kept;
      const row = this.#steps[this.#step]();
      this.kept = this.#at;
      if (row !== undefined) return row;
    }
  }

  #start(): null | undefined {
    const first = this.#next();
    if (first === undefined) return null;
    if (first !== '[') this.#refuseTable();
    else [this.#unit, this.#at] = ['row', this.#at + 1];
    this.#step = first === '[' ? 'entry' : 'value';
    return undefined;
  }

  /** A value with a line of its own, or with several. */
  #value(): Row | null {
    if (this.#next() === undefined) return null;
    const start = this.#at;
    const line = this.#window.lineOf(start);
    const read = this.#valueOrFault();
    const fault = read instanceof JsonFault ? read : this.#faultBehind(read.end);
    this.#row += 1;
    if (fault === null && !(read instanceof JsonFault)) return this.#read(read, line);
    return this.#brokenValue(fault ?? (read as JsonFault), { start, line });
  }

  #brokenValue(fault: JsonFault, { start, line }: { readonly start: number; readonly line: number }): BrokenRow {
    const { text } = this.#window;
    const found = this.#window.lineOf(fault.at);
    const isNextRow = found > line && text[fault.at] === '{' && this.#window.columnOf(fault.at) === 1;
    const isEndOfFile = fault.at >= text.length;
    this.#step = found === line ? 'restOfLine' : 'restOfRow';
    this.#at = isNextRow ? start : fault.at;
    if (isNextRow || isEndOfFile) return this.#unclosed(start, line, isEndOfFile ? 'the file' : 'its line');
    return this.#broken(fault);
  }

  /** What is wrong behind a value, where only its line may end; null where nothing is. */
  #faultBehind(end: number): JsonFault | null {
    const { text, isWhole } = this.#window;
    let at = end;
    while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r') at += 1;
    if (at >= text.length && !isWhole) throw new JsonCut();
    if (at >= text.length || text[at] === '\n') return null;
    return text[at] === ','
      ? new JsonFault(at, 'found a comma behind the row; rows of a list stand between [ and ]')
      : unexpected(text, at, 'the end of the line behind the row');
  }

  #skipLine(next: Step): undefined {
    const end = this.#window.text.indexOf('\n', this.#at);
    this.#at = end === -1 ? this.#window.text.length : end + 1;
    if (end === -1 && !this.#window.isWhole) this.#cutAt(this.#at);
    this.#step = next;
    return undefined;
  }

  /** What is left of a row of several lines is no row: the next one begins where a line does. */
  #skipRow(): undefined {
    this.#skipLine('restOfRow');
    const isAtEnd = this.#at >= this.#window.text.length;
    if (isAtEnd && !this.#window.isWhole) this.#cutAt(this.#at - 1);
    if (isAtEnd || this.#window.text[this.#at] === '{') this.#step = 'value';
    return undefined;
  }

  #entry(): Row | undefined {
    if (this.#next() === ']') return this.#closeList();
    const start = this.#at;
    const line = this.#window.lineOf(start);
    const read = this.#valueOrFault();
    this.#row += 1;
    this.#step = read instanceof JsonFault ? 'end' : 'separator';
    if (!(read instanceof JsonFault)) return this.#read(read, line);
    return read.at < this.#window.text.length ? this.#broken(read) : this.#unclosed(start, line, 'the file');
  }

  #closeList(): BrokenRow | undefined {
    this.#step = this.#hasComma ? 'end' : 'behindList';
    if (this.#hasComma) return this.#broken(new JsonFault(this.#at, 'found ] behind a comma; leave the comma out'));
    this.#at += 1;
    return undefined;
  }

  #separator(): BrokenRow | undefined {
    const found = this.#next();
    this.#hasComma = found === ',';
    this.#step = this.#hasComma ? 'entry' : found === ']' ? 'behindList' : 'end';
    if (this.#step === 'end') return this.#broken(this.#unexpected('a comma or ] behind the row'));
    this.#at += 1;
    return undefined;
  }

  #behindList(): BrokenRow | null {
    const found = this.#next();
    this.#step = 'end';
    return found === undefined ? null : this.#broken(this.#unexpected('the end of the file behind the list of rows'));
  }

  /** The next character that is no white space, which is then at `#at`; undefined at the end. */
  #next(): string | undefined {
    this.#at = skipSpace(this.#window.text, this.#at);
    if (this.#at < this.#window.text.length) return this.#window.text[this.#at];
    if (this.#window.isWhole) return undefined;
    return this.#cutAt(this.#at);
  }

  #cutAt(kept: number): never {
    this.kept = kept;
    throw new JsonCut();
  }

  #valueOrFault(): JsonValue | JsonFault {
    try {
      return readJson(this.#window.text, this.#at, this.#window.isWhole);
    } catch (error) {
      if (error instanceof JsonFault) return error;
      throw error;
    }
  }

  #unexpected(expected: string): JsonFault {
    return unexpected(this.#window.text, this.#at, expected);
  }

  #read({ value, end, oddities }: JsonValue, line: number): ReadRow {
    const placed = oddities.map(({ at, ...oddity }) => ({
      ...oddity,
      line: this.#window.lineOf(at),
      column: this.#window.columnOf(at),
    }));
    this.#at = end;
    return { row: this.#row, line, unit: this.#unit, value, oddities: placed };
  }

  #broken(fault: JsonFault): BrokenRow {
    return this.#place(fault.at, this.#window.lineOf(fault.at), fault.message);
  }

  /** Where it begins is told, since it ends nowhere. */
  #unclosed(start: number, line: number, end: string): BrokenRow {
    return this.#place(start, line, `the row that begins here is not closed at the end of ${end}`);
  }

  #place(at: number, line: number, message: string): BrokenRow {
    const column = this.#window.columnOf(at);
    return { row: this.#row, line, unit: this.#unit, column, problem: `not JSON: ${message}` };
  }

  #refuseTable(): void {
    const { text, isWhole } = this.#window;
    const begun = text.slice(this.#at, this.#at + headerCharacters);
    if (begun.length < headerCharacters && !isWhole) throw new JsonCut();
    const table = tableOf(begun);
    if (table !== null) throw notRows(this.#name, table.what, table.remedy);
  }
}
