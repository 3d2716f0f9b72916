/** A unigram language model (Kudo 2018): of all ways to cut a text into tokens the one with the highest score. */
import type { FeatureReader } from '../feature-reader.ts';
import type { IdList } from '../id-list.ts';
import { utf8Bytes } from '../byte-alphabet.ts';
import { byteTokens } from './bpe-symbols.ts';
import { noUnknownToken, type TokenModel } from './model.ts';
import { readScoredTokens, scoredVocabulary } from './scored-tokens.ts';
import { BestPath } from './unigram-path.ts';

export function readUnigram(reader: FeatureReader): TokenModel {
  const tokens = readScoredTokens(reader);
  const unknownId = reader.optionalNumber('unk_id');
  if (unknownId !== null && tokens[unknownId] === undefined)
    reader.refuse(`unk_id: ${unknownId} is not the index of one of ${tokens.length} tokens`);
  const vocabulary = scoredVocabulary(tokens);
  const bytes = reader.flag('byte_fallback', false) ? byteTokens(vocabulary.ids) : null;
  const path = new BestPath(tokens, vocabulary.ids, unknownId);
  const writer: Writer = { ids: vocabulary.ids, bytes, unknownId };
  return {
    kind: 'Unigram',
    vocabulary,
    encode: (piece, ids) => {
      for (const part of path.cut(piece)) writePart(part, writer, ids);
    },
  };
}

interface Writer {
  readonly ids: ReadonlyMap<string, number>;
  readonly bytes: Int32Array | null;
  readonly unknownId: number | null;
}

/** A run of unknown characters is one part; it may happen to be a token, or to have all its bytes as tokens. */
function writePart(part: string, { ids, bytes, unknownId }: Writer, into: IdList): void {
  const id = ids.get(part);
  if (id !== undefined) return into.push(id);
  const spelled = bytes === null ? [] : utf8Bytes(part);
  if (bytes !== null && spelled.every((byte) => bytes[byte] !== -1)) {
    for (const byte of spelled) into.push(bytes[byte] as number);
    return;
  }
  if (unknownId === null) throw noUnknownToken(part, null);
  into.push(unknownId);
}
