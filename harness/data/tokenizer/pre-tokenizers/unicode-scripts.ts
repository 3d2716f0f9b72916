/** `UnicodeScripts`: cuts where the script changes; the scripts of Japanese count as one, and a space has none. */
import { cutPiece, type Piece } from '../piece.ts';
import { ValueRuns } from '../unicode/value-runs.ts';
import { tables } from '../unicode/tables.ts';
import { eachPiece } from './character-kinds.ts';
import type { ReadPreTokenizer } from './pre-tokenizer.ts';

/** Of characters that belong to what is before them. */
const any = 0;

export const readUnicodeScripts: ReadPreTokenizer = () => {
  const scripts = new ValueRuns(tables.unicodeScript);
  return eachPiece((piece, parts) => cutByScript(piece, scripts, parts));
};

/** What stands before the first character that has a script is lost, as in the Rust library. */
function cutByScript(piece: Piece, scripts: ValueRuns, parts: Piece[]): void {
  const { text } = piece;
  let start = text.length;
  let last = any;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) as number;
    const script = scripts.at(point);
    if (script !== any && script !== last) {
      if (last !== any) parts.push(cutPiece(piece, start, at));
      start = at;
      last = script;
    }
    if (point > 0xffff) at++;
  }
  if (start < text.length) parts.push(cutPiece(piece, start, text.length));
}
