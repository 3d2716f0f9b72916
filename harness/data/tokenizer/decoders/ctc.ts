/** Output of connectionist temporal classification: tokens in a row that are equal count once, pads not at all. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Decoder } from './decoder.ts';
import { withoutArtifacts } from './word-piece.ts';

export function readCtc(reader: FeatureReader): Decoder {
  const pad = reader.text('pad_token');
  const delimiter = reader.text('word_delimiter_token');
  const cleansUp = reader.flag('cleanup');
  const textOf = (token: string): string => {
    const text = token.replaceAll(pad, '');
    return cleansUp ? withoutArtifacts(text).replaceAll(delimiter, ' ') : text;
  };
  return (tokens) =>
    tokens
      .filter((token, index) => token !== tokens[index - 1])
      .map(textOf)
      .filter((text) => text !== '');
}
