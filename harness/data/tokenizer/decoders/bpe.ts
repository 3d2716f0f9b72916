/** A suffix marks the end of a word: it becomes a space, except at the end of the text. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Decoder } from './decoder.ts';

export function readBpeDecoder(reader: FeatureReader): Decoder {
  const suffix = reader.text('suffix');
  return (tokens) => tokens.map((token, index) => token.replaceAll(suffix, index === tokens.length - 1 ? '' : ' '));
}
