/** The vocabulary of a unigram model: a list of [token, score], whose places are the ids. */
import type { FeatureReader } from '../feature-reader.ts';
import { asRustReads } from './rust-number.ts';
import type { Vocabulary } from './vocabulary.ts';

export type ScoredToken = readonly [token: string, score: number];

export function readScoredTokens(reader: FeatureReader): readonly ScoredToken[] {
  const written = reader.raw('vocab');
  if (!Array.isArray(written)) {
    reader.refuse('vocab: expected a list of [token, score]');
    return [];
  }
  const wrong = written.findIndex((one) => !isScoredToken(one));
  if (wrong === -1) return (written as ScoredToken[]).map(([token, score]) => [token, asRustReads(score)]);
  reader.refuse(`vocab[${wrong}]: expected [token, score], found ${JSON.stringify(written[wrong])}`);
  return [];
}

function isScoredToken(value: unknown): value is ScoredToken {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && typeof value[1] === 'number';
}

/** A token that stands there twice is encoded with the later id. */
export function scoredVocabulary(tokens: readonly ScoredToken[]): Vocabulary {
  const ids = new Map(tokens.map(([token], id) => [token, id]));
  return {
    size: tokens.length,
    ids,
    idOf: (token) => ids.get(token) ?? null,
    tokenOf: (id) => tokens[id]?.[0] ?? null,
  };
}
