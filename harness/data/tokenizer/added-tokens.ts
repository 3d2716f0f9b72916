/**
 * Added tokens: they are found in a text before anything else, as the Rust library's `AddedVocabulary` finds them.
 * First those that are not normalized, in the text as it is; then the others, in the normalized text between them.
 */
import type { FeatureReader } from './feature-reader.ts';
import type { AddedToken } from './added-token.ts';
import { matcherOf, type Matcher } from './added-token-matcher.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import type { Piece } from './piece.ts';
import { requireWellFormed } from './well-formed.ts';

/** The tokens of the model. */
export interface ModelVocabulary {
  readonly size: number;
  idOf(token: string): number | undefined;
}

export interface AddedTokens {
  /** Tokens by id, as far as they were added; they stand above the model's. */
  readonly byId: ReadonlyMap<number, AddedToken>;
  readonly idOf: ReadonlyMap<string, number>;
  /** What decoding takes an added token for: its content, normalized where the token is. */
  readonly textOf: ReadonlyMap<number, string>;
  /** Contents that were ever added as special; decoding leaves texts that are among them out where it is told to. */
  readonly special: ReadonlySet<string>;
  /**
   * The text as ids of added tokens and pieces, normalized, that are still to be cut and encoded.
   * @throws RangeError naming the offset of a lone surrogate, or a token that the library cannot place
   */
  split(text: string): readonly (number | Piece)[];
}

/**
 * @param readers the maps of `added_tokens`; what is not computed exactly becomes a problem of theirs
 * @param normalizer of the tokenizer
 */
export function addedTokensOf(
  readers: readonly FeatureReader[],
  model: ModelVocabulary,
  normalizer: Normalizer,
): AddedTokens {
  const { byId, idOf, special, readerOf } = register(readers, model);
  const textOf = new Map<number, string>();
  for (const [id, { content, normalized }] of byId)
    textOf.set(id, normalized ? normalizer({ text: content, startLength: -1 }).text : content);
  const matcher = (normalized: boolean): Matcher => {
    const tokens = [...byId.values()].filter((token) => token.normalized === normalized);
    return matcherOf(distinct(tokens, textOf, readerOf));
  };
  const raw = matcher(false);
  const normalized = matcher(true);
  return {
    byId,
    idOf,
    textOf,
    special,
    split(text) {
      requireWellFormed(text);
      const startLength = (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
      return raw({ text, startLength }).flatMap((part) =>
        typeof part === 'number' ? part : normalized(normalizedPiece(part, normalizer)),
      );
    },
  };
}

/** Whether a piece is the first of its text matters to normalizers, and then no more. */
function normalizedPiece(piece: Piece, normalizer: Normalizer): Piece {
  const { text, startLength } = normalizer(piece.startLength > 0 ? piece : { text: piece.text, startLength: -1 });
  return { text, startLength: Math.max(startLength, 0) };
}

/** Tokens by what is looked for. Where that is the same for two, the library takes one of them by chance. */
function distinct(
  tokens: readonly AddedToken[],
  textOf: ReadonlyMap<number, string>,
  readerOf: ReadonlyMap<number, FeatureReader>,
): ReadonlyMap<string, AddedToken> {
  const targets = new Map<string, AddedToken>();
  for (const token of tokens) {
    const text = textOf.get(token.id) as string;
    const other = targets.get(text);
    const name = JSON.stringify(token.content);
    if (text === '') readerOf.get(token.id)?.refuse(`nothing is left of ${name} once it is normalized`);
    else if (other === undefined) targets.set(text, token);
    else readerOf.get(token.id)?.refuse(`${name} and ${JSON.stringify(other.content)} are the same once normalized`);
  }
  return targets;
}

function readToken(reader: FeatureReader): AddedToken {
  const token = {
    id: reader.number('id'),
    content: reader.text('content'),
    singleWord: reader.flag('single_word'),
    lstrip: reader.flag('lstrip'),
    rstrip: reader.flag('rstrip'),
    normalized: reader.flag('normalized'),
    special: reader.flag('special'),
  };
  reader.done();
  return token;
}

interface Registered {
  readonly byId: ReadonlyMap<number, AddedToken>;
  readonly idOf: ReadonlyMap<string, number>;
  readonly special: ReadonlySet<string>;
  readonly readerOf: ReadonlyMap<number, FeatureReader>;
}

/**
 * Gives ids: the one that a token has already, as added token or in the model, else the next one after the model's. The
 * ids of the file are only what the library expects, and it merely warns where they differ. Of tokens with the same
 * content the last one counts.
 */
function register(readers: readonly FeatureReader[], model: ModelVocabulary): Registered {
  const byId = new Map<number, AddedToken>();
  const idOf = new Map<string, number>();
  const special = new Set<string>();
  const readerOf = new Map<number, FeatureReader>();
  let nextId = model.size;
  for (const reader of readers) {
    const token = readToken(reader);
    if (token.content === '') continue;
    const id = idOf.get(token.content) ?? model.idOf(token.content) ?? nextId++;
    idOf.set(token.content, id);
    byId.set(id, { ...token, id });
    readerOf.set(id, reader);
    if (token.special) special.add(token.content);
  }
  return { byId, idOf, special, readerOf };
}
