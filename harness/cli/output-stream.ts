/** The streams of the program, made safe: what others wrote in a text that is printed moves no terminal. */
import { terminalText } from '../text/index.ts';

export interface OutputStream {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export function safeStream(stream: OutputStream): OutputStream {
  return {
    write: (text) => stream.write(terminalText(text)),
    get isTTY() {
      return stream.isTTY;
    },
    // A terminal may be resized.
    get columns() {
      return stream.columns;
    },
  };
}
