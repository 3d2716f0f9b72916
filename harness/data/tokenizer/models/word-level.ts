/** A token for each pre-token as a whole, or the one for the unknown. */
import type { FeatureReader } from '../feature-reader.ts';
import { noUnknownToken, type TokenModel } from './model.ts';
import { readVocabulary } from './vocabulary.ts';

export function readWordLevel(reader: FeatureReader): TokenModel {
  const vocabulary = readVocabulary(reader);
  const unknown = reader.text('unk_token');
  return {
    kind: 'WordLevel',
    vocabulary,
    encode: (piece, ids) => {
      const id = vocabulary.ids.get(piece) ?? vocabulary.ids.get(unknown);
      if (id === undefined) throw noUnknownToken(piece, unknown);
      ids.push(id);
    },
  };
}
