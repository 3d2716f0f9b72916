/** The tokens of a model by text and by id. Ids may have holes. */
import type { FeatureReader } from '../feature-reader.ts';

export interface Vocabulary {
  /** Tokens, which is what the first added token gets as its id where ids have no holes. */
  readonly size: number;
  idOf(token: string): number | null;
  tokenOf(id: number): string | null;
  /** For hot loops; undefined where there is no such token. */
  readonly ids: ReadonlyMap<string, number>;
}

/** From `vocab`, a map of tokens to ids. */
export function readVocabulary(reader: FeatureReader): Vocabulary {
  const written = reader.raw('vocab');
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    reader.refuse('vocab: expected a map of tokens to ids');
    return vocabularyOf(new Map());
  }
  const ids = new Map<string, number>(Object.entries(written as Readonly<Record<string, number>>));
  for (const [token, id] of ids) {
    if (isId(id)) continue;
    reader.refuse(`vocab: ${JSON.stringify(token)} has the id ${JSON.stringify(id)}, which is no whole number`);
    break;
  }
  return vocabularyOf(ids, reader);
}

/** Two tokens with one id are refused: which of them decoding gives depends on the run in the Rust library. */
export function vocabularyOf(ids: ReadonlyMap<string, number>, reader?: FeatureReader): Vocabulary {
  const tokens = new Map<number, string>();
  for (const [token, id] of ids) {
    const other = tokens.get(id);
    if (other !== undefined)
      reader?.refuse(`vocab: ${JSON.stringify(other)} and ${JSON.stringify(token)} have the same id ${id}`);
    tokens.set(id, token);
  }
  return {
    size: ids.size,
    ids,
    idOf: (token) => ids.get(token) ?? null,
    tokenOf: (id) => tokens.get(id) ?? null,
  };
}

/** Ids are unsigned in the format; here they are Int32. */
function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
}
