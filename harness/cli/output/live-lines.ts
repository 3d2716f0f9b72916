/**
 * A block of lines at the bottom of a terminal that is redrawn in place. Everything else that is said meanwhile is
 * printed above it, through here: a line written past it would be erased with the next redraw.
 */
import { control, cut, textWidth, visible } from '../../text/index.ts';
import { terminalWidth, type OutputStream } from '../context.ts';

export class LiveLines {
  readonly #stream: OutputStream;
  readonly #style: (line: string, index: number) => string;
  #drawn: readonly string[] = [];

  /** @param style Colour for a line of the block, put on after it was cut. */
  constructor(stream: OutputStream, style: (line: string, index: number) => string) {
    this.#stream = stream;
    this.#style = style;
  }

  get columns(): number {
    return terminalWidth(this.#stream) ?? 80;
  }

  /**
   * Prints lines that stay, and below them the block, its lines cut to the terminal. One write, so that the terminal
   * never shows half of it.
   */
  draw(block: readonly string[], lasting: readonly string[] = []): void {
    const shown = block.map((line) => cut(visible(line), this.columns - 1));
    const text = [...lasting, ...shown.map(this.#style)].map((line) => `${line}\n`).join('');
    this.#stream.write(`${this.#erase()}${text}`);
    this.#drawn = shown;
  }

  /**
   * Goes to the first column, since the terminal wrote `^C` there if it was pressed; then up to the first line of the
   * block; and erases all from there. A terminal that has become narrower has wrapped the lines.
   */
  #erase(): string {
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / this.columns)), 0);
    return `${control}1G${rows === 0 ? '' : `${control}${rows}A`}${control}0J`;
  }
}
