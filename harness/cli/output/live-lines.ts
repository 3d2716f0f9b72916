/**
 * A block of lines at the bottom of a terminal that is redrawn in place. Everything else that is said meanwhile is
 * printed above it, through here: a line written past it would be erased with the next redraw.
 */
import type { OutputStream } from '../context.ts';

const escape = '\u001B[';

export class LiveLines {
  readonly #stream: OutputStream;
  #drawn: readonly string[] = [];

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  /**
   * Prints lines that stay, and below them the block, its lines cut to the terminal. One write, so that the terminal
   * never shows half of it.
   */
  draw(block: readonly string[], lasting: readonly string[] = []): void {
    const cut = block.map((line) => cutTo(line, columnsOf(this.#stream) - 1));
    const text = [...lasting, ...cut].map((line) => `${line}\n`).join('');
    this.#stream.write(`${this.#erase()}${text}`);
    this.#drawn = cut;
  }

  /**
   * Goes to the first column, since the terminal wrote `^C` there if it was pressed; then up to the first line of the
   * block; and erases all from there. A terminal that has become narrower has wrapped the lines.
   */
  #erase(): string {
    const columns = columnsOf(this.#stream);
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
    return `\r${rows === 0 ? '' : `${escape}${rows}A`}${escape}0J`;
  }
}

/** Some terminals say 0. */
export function columnsOf({ columns }: OutputStream): number {
  return columns === undefined || columns === 0 ? 80 : columns;
}

function cutTo(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1)).trimEnd()}…`;
}
