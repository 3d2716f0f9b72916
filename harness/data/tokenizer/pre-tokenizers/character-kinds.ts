/** Pre-tokenizers that cut by sets of characters. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Piece } from '../piece.ts';
import { lazy } from '../lazy.ts';
import { Tiers, type SourceFor } from '../regex/tiers.ts';
import { CodePointSet } from '../unicode/code-point-set.ts';
import { tables } from '../unicode/tables.ts';
import { whiteSpace } from '../white-space.ts';
import { cutAtDelimiters, keepMatches, readBehavior } from './delimiters.ts';
import type { PreTokenizer, ReadPreTokenizer } from './pre-tokenizer.ts';

const punctuation = lazy(() => CodePointSet.read(tables.punctuation));

export const readWhitespaceSplit: ReadPreTokenizer = () => {
  const black = whiteSpace().not();
  return keeping((highest) => `${black.toClass(highest)}+`);
};

/** Words and what is neither word nor white space. */
export const readWhitespace: ReadPreTokenizer = () => {
  const word = CodePointSet.read(tables.regexWord);
  const rest = word.or(whiteSpace()).not();
  return keeping((highest) => `${word.toClass(highest)}+|${rest.toClass(highest)}+`);
};

export const readBertPreTokenizer: ReadPreTokenizer = () => {
  const marks = punctuation().without(whiteSpace());
  const rest = marks.or(whiteSpace()).not();
  return keeping((highest) => `${marks.toClass(highest)}|${rest.toClass(highest)}+`);
};

export const readPunctuation: ReadPreTokenizer = (reader) => {
  const behavior = readBehavior(reader, 'Isolated');
  const marks = punctuation();
  const rest = marks.not();
  if (behavior === 'Isolated') return keeping((highest) => `${marks.toClass(highest)}|${rest.toClass(highest)}+`);
  const pattern = new Tiers((highest) => marks.toClass(highest));
  return eachPiece((piece, parts) => cutAtDelimiters(piece, { pattern, behavior, invert: false }, parts));
};

export const readDigits: ReadPreTokenizer = (reader) => {
  const digits = CodePointSet.read(tables.numeric);
  const rest = digits.not();
  const times = reader.flag('individual_digits') ? '' : '+';
  return keeping((highest) => `${digits.toClass(highest)}${times}|${rest.toClass(highest)}+`);
};

export const readCharDelimiterSplit: ReadPreTokenizer = (reader) => {
  const rest = CodePointSet.of(readCharacter(reader, 'delimiter')).not();
  return keeping((highest) => `${rest.toClass(highest)}+`);
};

export const readFixedLength: ReadPreTokenizer = (reader) => {
  const length = reader.number('length', 5);
  if (Number.isSafeInteger(length) && length > 0) return keeping(() => `[^]{1,${length}}`);
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
function keeping(sourceFor: SourceFor): PreTokenizer {
  const pattern = new Tiers(sourceFor);
  return eachPiece((piece, parts) => keepMatches(piece, pattern, parts));
}
