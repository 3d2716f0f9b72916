/**
 * Added tokens: they are found in a text before anything else, as the Rust library's `AddedVocabulary` finds them. First
 * those that are not normalized, in the text as it is; then the others, in the normalized text between them.
 */
import type { FeatureReader } from './feature-reader.ts';
import { matcherOf, type Matcher } from './added-token-matcher.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import type { Piece } from './piece.ts';
import { requireWellFormed } from './well-formed.ts';

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Not inside a longer word. */
  readonly singleWord: boolean;
  /** Takes the white space before it. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Its normalized content is looked for in normalized text. */
  readonly normalized: boolean;
  readonly special: boolean;
}

/** The tokens of the model. */
export interface ModelVocabulary {
  readonly size: number;
  idOf(token: string): number | undefined;
}

export interface AddedTokens {
  /** Tokens by id, as far as they were added; they stand above the model's. */
  readonly byId: ReadonlyMap<number, AddedToken>;
  readonly idOf: ReadonlyMap<string, number>;
  /**
   * The text as ids of added tokens and pieces, normalized, that are still to be cut and encoded.
   * @throws RangeError naming the offset of a lone surrogate
   */
  split(text: string): readonly (number | Piece)[];
}

/** @param readers the maps of `added_tokens` */
export function addedTokensOf(
  readers: readonly FeatureReader[],
  model: ModelVocabulary,
  normalizer: Normalizer,
): AddedTokens {
  const { byId, idOf, order } = register(readers.map(readToken), model);
  const matcher = (normalized: boolean): Matcher =>
    matcherOf(
      order
        .filter((token) => token.normalized === normalized)
        .map((token) => {
          const content = normalized ? normalizer({ text: token.content, startLength: 0 }).text : token.content;
          const id = idOf.get(token.content) as number;
          return { content, token: byId.get(id) as AddedToken };
        }),
    );
  const raw = matcher(false);
  const normalized = matcher(true);
  return {
    byId,
    idOf,
    split(text) {
      requireWellFormed(text);
      const start = /^[^\ud800-\udbff]/.test(text) ? 1 : 2;
      return raw({ text, startLength: start }).flatMap((part) =>
        typeof part === 'number' ? part : normalized(normalizer(part)),
      );
    },
  };
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
  /** Special tokens first. */
  readonly order: readonly AddedToken[];
}

/**
 * Gives ids: the one that a token has already, as added token or in the model, else the next free one. The ids of the
 * file are only what the library expects, and it merely warns where they differ.
 */
function register(tokens: readonly AddedToken[], model: ModelVocabulary): Registered {
  const byId = new Map<number, AddedToken>();
  const idOf = new Map<string, number>();
  const special = new Map<string, AddedToken>();
  for (const token of tokens)
    if (token.special && token.content !== '' && !special.has(token.content)) special.set(token.content, token);
  const ordinary: AddedToken[] = [];
  for (const token of tokens) {
    if (token.content === '' || [...byId.values()].some((known) => isSame(known, token))) continue;
    const id = idOf.get(token.content) ?? model.idOf(token.content) ?? nextId(idOf, model);
    idOf.set(token.content, id);
    byId.set(id, { ...token, id });
    if (!special.has(token.content)) ordinary.push(token);
  }
  return { byId, idOf, order: [...special.values(), ...ordinary] };
}

function nextId(idOf: ReadonlyMap<string, number>, model: ModelVocabulary): number {
  const highest = Math.max(-1, ...idOf.values());
  return highest >= model.size || (model.size === 0 && highest >= 0) ? highest + 1 : model.size;
}

function isSame(one: AddedToken, other: AddedToken): boolean {
  return (
    one.content === other.content &&
    one.singleWord === other.singleWord &&
    one.lstrip === other.lstrip &&
    one.rstrip === other.rstrip &&
    one.normalized === other.normalized &&
    one.special === other.special
  );
}
