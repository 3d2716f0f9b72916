/** Pre-tokenizers that cut by sets of characters. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Piece } from '../piece.ts';
import { CodePointSet } from '../unicode/code-point-set.ts';
import { tables } from '../unicode/tables.ts';
import { whiteSpace } from '../white-space.ts';
import { cutAtDelimiters, keepMatches, readBehavior } from './delimiters.ts';
import type { PreTokenizer, ReadPreTokenizer } from './pre-tokenizer.ts';

const punctuation = CodePointSet.read(tables.punctuation);

export const readWhitespaceSplit: ReadPreTokenizer = () => keeping(`${whiteSpace.not().toClass()}+`);

/** Words and what is neither word nor white space. */
export const readWhitespace: ReadPreTokenizer = () => {
  const word = CodePointSet.read(tables.regexWord);
  return keeping(`${word.toClass()}+|${word.or(whiteSpace).not().toClass()}+`);
};

export const readBertPreTokenizer: ReadPreTokenizer = () => {
  const marks = punctuation.without(whiteSpace);
  return keeping(`${marks.toClass()}|${marks.or(whiteSpace).not().toClass()}+`);
};

export const readPunctuation: ReadPreTokenizer = (reader) => {
  const behavior = readBehavior(reader, 'Isolated');
  const pattern = new RegExp(punctuation.toClass(), 'gu');
  if (behavior === 'Isolated') return keeping(`${pattern.source}|${punctuation.not().toClass()}+`);
  return eachPiece((piece, parts) => cutAtDelimiters(piece, { pattern, behavior, invert: false }, parts));
};

export const readDigits: ReadPreTokenizer = (reader) => {
  const digits = CodePointSet.read(tables.numeric);
  const isSingle = reader.flag('individual_digits');
  return keeping(`${digits.toClass()}${isSingle ? '' : '+'}|${digits.not().toClass()}+`);
};

export const readCharDelimiterSplit: ReadPreTokenizer = (reader) => {
  const delimiter = readCharacter(reader, 'delimiter');
  return keeping(`${CodePointSet.of(delimiter).not().toClass()}+`);
};

export const readFixedLength: ReadPreTokenizer = (reader) => {
  const length = reader.number('length', 5);
  if (Number.isSafeInteger(length) && length > 0) return keeping(`[^]{1,${length}}`);
  reader.refuse(`length: expected a whole number above 0, found ${length}`);
  return (pieces) => pieces;
};

/** A field that holds one character. */
export function readCharacter(reader: FeatureReader, key: string): string {
  const text = reader.text(key);
  if ([...text].length !== 1) reader.refuse(`${key}: expected one character, found ${JSON.stringify(text)}`);
  return text;
}

export function eachPiece(cut: (piece: Piece, parts: Piece[]) => void): PreTokenizer {
  return (pieces) => {
    const parts: Piece[] = [];
    for (const piece of pieces) cut(piece, parts);
    return parts;
  };
}

/** The matches are the pieces. */
function keeping(source: string): PreTokenizer {
  const pattern = new RegExp(source, 'gu');
  return eachPiece((piece, parts) => keepMatches(piece, pattern, parts));
}
