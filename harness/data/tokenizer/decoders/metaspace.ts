/** A character that stands for a space; those of the first token are dropped where the encoder puts one there. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Decoder } from './decoder.ts';

export function readMetaspace(reader: FeatureReader): Decoder {
  const replacement = reader.text('replacement');
  const scheme = reader.text('prepend_scheme', 'always');
  const addsPrefix = reader.flag('add_prefix_space', true);
  reader.flag('split', true);
  reader.optionalText('str_rep');
  if ([...replacement].length !== 1)
    reader.refuse(`replacement: expected one character, found ${JSON.stringify(replacement)}`);
  if (!['always', 'first', 'never'].includes(scheme))
    reader.refuse(`prepend_scheme ${JSON.stringify(scheme)} is not known; known are always, first, never`);
  if (!addsPrefix && scheme !== 'never')
    reader.refuse(`add_prefix_space false contradicts prepend_scheme ${JSON.stringify(scheme)}`);
  const atFirst = scheme === 'never' ? ' ' : '';
  return (tokens) => tokens.map((token, index) => token.replaceAll(replacement, index === 0 ? atFirst : ' '));
}
