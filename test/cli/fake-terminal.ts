/**
 * A terminal as far as our output needs one: it wraps long lines, knows the first column, cursor up and erase below,
 * and wraps its lines anew when it is resized.
 */
import type { OutputStream } from '../../harness/cli/context.ts';

/** An escape sequence, or one character. */
const escape = '\u001B';
const parts = new RegExp(`${escape}\\[\\d+[AGJ]|[^]`, 'gu');

interface Row {
  readonly text: string;
  /** The line goes on in the next row. */
  readonly isWrapped: boolean;
}

export class FakeTerminal implements OutputStream {
  readonly isTTY = true;
  columns: number;
  /** All that was ever written. */
  written = '';
  #rows: Row[] = [{ text: '', isWrapped: false }];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  readonly write = (text: string): void => {
    this.written += text;
    for (const [part] of text.matchAll(parts)) this.#take(part);
  };

  /** The rows as seen, without the one that the cursor stands in if it is empty. */
  get screen(): readonly string[] {
    const rows = this.#rows.map(({ text }) => text.trimEnd());
    return rows.at(-1) === '' ? rows.slice(0, -1) : rows;
  }

  /** What a terminal echoes when Ctrl-C is pressed. */
  pressCtrlC(): void {
    for (const character of '^C') this.#take(character);
  }

  /** The cursor has to stand in an empty last row. */
  resize(columns: number): void {
    const lines = this.#rows.reduce<string[]>((all, { text }, index) => {
      if (this.#rows[index - 1]?.isWrapped === true) all.push(`${all.pop() ?? ''}${text}`);
      else all.push(text);
      return all;
    }, []);
    this.columns = columns;
    this.#rows = lines.flatMap((line) => {
      const rows = line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''];
      return rows.map((text, index) => ({ text, isWrapped: index < rows.length - 1 }));
    });
    this.#row = this.#rows.length - 1;
    this.#column = 0;
  }

  #take(part: string): void {
    if (part === '\n') return this.#goTo(this.#row + 1, 0);
    if (part.endsWith('G') && part.length > 1) return this.#goTo(this.#row, 0);
    if (part.endsWith('A') && part.length > 1)
      return this.#goTo(Math.max(0, this.#row - Number.parseInt(part.slice(2), 10)), this.#column);
    if (part.endsWith('J') && part.length > 1) return this.#eraseBelow();
    if (this.#column === this.columns) {
      this.#rows[this.#row] = { text: this.#textOf(this.#row), isWrapped: true };
      this.#goTo(this.#row + 1, 0);
    }
    const text = this.#textOf(this.#row).padEnd(this.#column);
    this.#rows[this.#row] = {
      text: text.slice(0, this.#column) + part + text.slice(this.#column + 1),
      isWrapped: false,
    };
    this.#column += 1;
  }

  #goTo(row: number, column: number): void {
    while (this.#rows.length <= row) this.#rows.push({ text: '', isWrapped: false });
    this.#row = row;
    this.#column = column;
  }

  #eraseBelow(): void {
    this.#rows.length = this.#row + 1;
    this.#rows[this.#row] = { text: this.#textOf(this.#row).slice(0, this.#column), isWrapped: false };
  }

  #textOf(row: number): string {
    return this.#rows[row]?.text ?? '';
  }
}
