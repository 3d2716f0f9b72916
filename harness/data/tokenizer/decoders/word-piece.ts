/** Tokens that go on a word start with a prefix; a space stands before all others. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Decoder } from './decoder.ts';

export function readWordPiece(reader: FeatureReader): Decoder {
  const prefix = reader.text('prefix');
  const cleanUp = reader.flag('cleanup') ? withoutArtifacts : (text: string) => text;
  return (tokens) =>
    tokens.map((token, index) => {
      if (index === 0) return cleanUp(token);
      return cleanUp(token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`);
    });
}

/** In this order; the spelling of the eighth is the library's. */
const artifacts: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

/** Takes away the spaces that tokens of English leave before punctuation. */
export function withoutArtifacts(text: string): string {
  return artifacts.reduce((cleaned, [from, to]) => cleaned.replaceAll(from, to), text);
}
