/** `Split`: cuts at a text or at the matches of a pattern. */
import type { Piece } from '../piece.ts';
import { readPattern } from '../regex/pattern.ts';
import { cutAtDelimiters, readBehavior, type Cut } from './delimiters.ts';
import type { ReadPreTokenizer } from './pre-tokenizer.ts';

export const readSplit: ReadPreTokenizer = (reader) => {
  const cut: Cut = {
    pattern: readPattern(reader).regex,
    behavior: readBehavior(reader),
    invert: reader.flag('invert'),
  };
  return (pieces) => {
    const parts: Piece[] = [];
    for (const piece of pieces) cutAtDelimiters(piece, cut, parts);
    return parts;
  };
};
