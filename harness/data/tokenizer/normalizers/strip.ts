/** `Strip`: takes white space from the ends. */
import { endOfSpace, startOfSpace } from '../white-space.ts';
import { cutPiece } from '../piece.ts';
import type { ReadNormalizer } from './normalizer.ts';

export const readStrip: ReadNormalizer = (reader) => {
  const left = reader.flag('strip_left');
  const right = reader.flag('strip_right');
  return (piece) => {
    const start = left ? endOfSpace(piece.text, 0) : 0;
    const end = right ? startOfSpace(piece.text, piece.text.length) : piece.text.length;
    const { text, startLength } = cutPiece(piece, start, Math.max(start, end));
    return { text, startLength: piece.startLength < 0 ? -1 : startLength };
  };
};
