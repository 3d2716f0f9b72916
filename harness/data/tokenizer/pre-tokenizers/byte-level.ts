/** `ByteLevel` (GPT-2): cuts words, then writes every byte of their UTF-8 as one character. */
import { byteLevelOf, toByteLevel } from '../byte-level-text.ts';
import type { Piece } from '../piece.ts';
import { compilePattern } from '../regex/pattern.ts';
import { cutAtDelimiters } from './delimiters.ts';
import type { ReadPreTokenizer } from './pre-tokenizer.ts';

export const gpt2Words = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

export const readByteLevel: ReadPreTokenizer = (reader) => {
  const addsSpace = reader.flag('add_prefix_space');
  const cutsWords = reader.flag('use_regex', true);
  reader.flag('trim_offsets'); // of no meaning for tokens
  const pattern = cutsWords ? compilePattern(gpt2Words) : null;
  const toBytes = byteLevelOf();
  return (pieces) => {
    const words: Piece[] = [];
    for (const piece of pieces) {
      const spaced = addsSpace ? withSpace(piece) : piece;
      if (pattern === null) words.push(spaced);
      else cutAtDelimiters(spaced, { pattern, behavior: 'Isolated', invert: false }, words);
    }
    return words.map((word) => asBytes(word, toBytes));
  };
};

/** The space stands for the same character of the text as the one that it is put before. */
function withSpace(piece: Piece): Piece {
  if (piece.text.startsWith(' ')) return piece;
  return { text: ` ${piece.text}`, startLength: piece.startLength === 0 ? 0 : piece.startLength + 1 };
}

function asBytes({ text, startLength }: Piece, toBytes: (text: string) => string): Piece {
  return { text: toBytes(text), startLength: startLength === 0 ? 0 : toByteLevel(text.slice(0, startLength)).length };
}
