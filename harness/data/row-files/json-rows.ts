/** Rows of JSON text, one at a time, of a file of any size. */
import { JsonCut } from './json-fault.ts';
import type { BrokenRow, ReadRow } from './read-row.ts';
import { RowParser } from './row-parser.ts';
import { TextWindow } from './text-window.ts';

/** @throws UserError (2) for a text that is not UTF-8, or holds a table. */
export async function* jsonRows(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<ReadRow | BrokenRow> {
  const window = new TextWindow(name, chunks);
  const parser = new RowParser(name, window);
  try {
    for (;;) {
      const row = nextRow(parser);
      if (row === null) return;
      if (row !== 'cut') yield row;
      else {
        await window.advance(parser.kept);
        parser.kept = 0;
      }
    }
  } finally {
    await window.close();
  }
}

function nextRow(parser: RowParser): ReadRow | BrokenRow | 'cut' | null {
  try {
    return parser.next();
  } catch (error) {
    if (error instanceof JsonCut) return 'cut';
    throw error;
  }
}
