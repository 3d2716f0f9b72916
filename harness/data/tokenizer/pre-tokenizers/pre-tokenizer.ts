import type { FeatureReader } from '../feature-reader.ts';
import type { Piece } from '../piece.ts';

/** Cuts pieces of text into smaller ones, or changes them. No piece that comes out is empty. */
export type PreTokenizer = (pieces: readonly Piece[]) => readonly Piece[];

/** Makes a pre-tokenizer of its map in tokenizer.json. */
export type ReadPreTokenizer = (reader: FeatureReader) => PreTokenizer;
