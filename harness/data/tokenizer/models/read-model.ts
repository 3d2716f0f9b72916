/** The `model` of a tokenizer.json, by its `type`. */
import type { FeatureReader } from '../feature-reader.ts';
import { readBpe } from './bpe.ts';
import type { TokenModel } from './model.ts';
import { readUnigram } from './unigram.ts';
import { vocabularyOf } from './vocabulary.ts';
import { readWordLevel } from './word-level.ts';
import { readWordPiece } from './word-piece.ts';

const models: Readonly<Record<TokenModel['kind'], (reader: FeatureReader) => TokenModel>> = {
  BPE: readBpe,
  WordPiece: readWordPiece,
  WordLevel: readWordLevel,
  Unigram: readUnigram,
};

const noModel: TokenModel = { kind: 'WordLevel', vocabulary: vocabularyOf(new Map()), encode: () => undefined };

/** After a problem, which is noted in the reader, a model without tokens. */
export function readModel(reader: FeatureReader | null, root: FeatureReader): TokenModel {
  if (reader === null) {
    root.refuse('model: there is none');
    return noModel;
  }
  const kind = reader.raw('type') === null ? kindBefore(reader) : reader.kind();
  if (!isModel(kind)) {
    reader.refuse(`type ${JSON.stringify(kind)} is not known; known are ${Object.keys(models).join(', ')}`);
    return noModel;
  }
  const model = models[kind](reader);
  reader.done();
  return model;
}

function isModel(kind: string): kind is TokenModel['kind'] {
  return Object.hasOwn(models, kind);
}

/** Files from before 2021 do not name the type: what the model has tells it. */
function kindBefore(reader: FeatureReader): TokenModel['kind'] {
  if (reader.raw('merges') !== null) return 'BPE';
  if (reader.raw('max_input_chars_per_word') !== null) return 'WordPiece';
  return Array.isArray(reader.raw('vocab')) ? 'Unigram' : 'WordLevel';
}
