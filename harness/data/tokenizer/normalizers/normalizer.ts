import type { FeatureReader } from '../feature-reader.ts';
import type { Piece } from '../piece.ts';

/**
 * Changes the text of a piece; `startLength` of the result counts what the start of the piece has become. Below 0 it
 * says that the piece is not the first one of its text: what is inserted at its start is no start then.
 */
export type Normalizer = (piece: Piece) => Piece;

/** Makes a normalizer of its map in tokenizer.json. */
export type ReadNormalizer = (reader: FeatureReader) => Normalizer;

/** A normalizer that changes every character by itself. */
export function characterwise(change: (text: string) => string): Normalizer {
  return ({ text, startLength }) => ({
    text: change(text),
    startLength: startLength <= 0 ? startLength : change(text.slice(0, startLength)).length,
  });
}

/**
 * A character of a new text and what it does to the old one, as the Rust library keeps count: above 0 it is inserted,
 * at 0 it takes the place of the next old character, and below 0 that many more old characters are gone.
 */
export type Change = readonly [character: string, change: number];

/** `startLength` of a text made by such changes. An inserted character stands for what the one before it stands for. */
export function startAfter(changes: Iterable<Change>, { text, startLength }: Piece): number {
  if (startLength < 0) return startLength;
  let length = 0;
  let at = 0;
  for (const [character, change] of changes) {
    const isStart = change > 0 ? at === 0 || at <= startLength : at < startLength;
    if (!isStart) break;
    length += character.length;
    for (let left = change; left <= 0; left++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return length;
}
