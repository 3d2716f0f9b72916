import type { FeatureReader } from '../feature-reader.ts';
import type { Piece } from '../piece.ts';

/** Changes the text of a piece; `startLength` of the result counts what the start of the piece has become. */
export type Normalizer = (piece: Piece) => Piece;

/** Makes a normalizer of its map in tokenizer.json. */
export type ReadNormalizer = (reader: FeatureReader) => Normalizer;

/** A normalizer that changes every character by itself. */
export function characterwise(change: (text: string) => string): Normalizer {
  return ({ text, startLength }) => ({
    text: change(text),
    startLength: startLength === 0 ? 0 : change(text.slice(0, startLength)).length,
  });
}
