/** What our parts make of texts, in the form in which `rust_library.py` answers. */
import { addedTokensOf, type AddedTokens } from '../../../harness/data/tokenizer/added-tokens.ts';
import { FeatureReader } from '../../../harness/data/tokenizer/feature-reader.ts';
import { normalizerOf } from '../../../harness/data/tokenizer/normalizers/index.ts';
import type { Piece } from '../../../harness/data/tokenizer/piece.ts';
import { preTokenizerOf } from '../../../harness/data/tokenizer/pre-tokenizers/index.ts';

/** Parts of a tokenizer.json; which of them is asked for says `kind`. */
export interface Case {
  readonly name: string;
  readonly kind: 'normalizer' | 'pre_tokenizer' | 'whole';
  readonly parts: {
    readonly normalizer?: object;
    readonly pre_tokenizer?: object;
    readonly added_tokens?: readonly object[];
  };
  /** Tokens of the model beside all single characters. */
  readonly modelTokens?: readonly string[];
}

/** Ids of added tokens, and pieces of text. */
export type Result = readonly (string | number)[];

export interface Answer {
  readonly results: readonly Result[];
  /** What the model must know for the results to be seen: single characters. */
  readonly vocabulary: readonly string[];
}

/** @throws Error with what is refused */
export function answer(test: Case, texts: readonly string[]): Answer {
  const problems: string[] = [];
  const child = (part: object | undefined, path: string) =>
    part === undefined ? null : new FeatureReader(path, part, problems);
  const normalize = normalizerOf(child(test.parts.normalizer, 'normalizer'));
  const preTokenize = preTokenizerOf(child(test.parts.pre_tokenizer, 'pre_tokenizer'));
  if (problems.length > 0) throw new Error(problems.join('; '));
  const whole = (text: string): Piece => ({ text, startLength: (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1 });
  const vocabulary = ['<unk>', ...(test.modelTokens ?? [])];
  if (test.kind === 'normalizer') return { results: texts.map((text) => [normalize(whole(text)).text]), vocabulary };
  if (test.kind === 'pre_tokenizer')
    // No piece is empty.
    return {
      results: texts.map((text) => preTokenize([whole(text)].filter(() => text !== '')).map((piece) => piece.text)),
      vocabulary,
    };
  const readers = (test.parts.added_tokens ?? []).map((token) => new FeatureReader('added', token, problems));
  const tokens = (ids: ReadonlyMap<string, number>, size: number): AddedTokens =>
    addedTokensOf(readers, { size, idOf: (token) => ids.get(token) }, normalize);
  const encode = (added: AddedTokens, text: string): Result =>
    partsOf(added, text).flatMap((part): Result =>
      typeof part === 'number' ? [part] : preTokenize([part]).map((piece) => seen(piece.text, added)),
    );
  // The model's tokens are the characters that come out, and their number decides on the ids of added tokens.
  const first = tokens(new Map(), 0);
  const known = new Set(vocabulary);
  for (const text of texts)
    for (const part of encode(first, text))
      if (typeof part === 'string') for (const character of part) known.add(character);
  const all = [...known];
  const added = tokens(new Map(all.map((token, id) => [token, id])), all.length);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return { results: texts.map((text) => encode(added, text)), vocabulary: all };
}

/** Where we throw the library panics. */
function partsOf(added: AddedTokens, text: string): readonly (number | Piece)[] {
  try {
    return added.split(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [failed];
  }
}

const failed = -1;

/** A piece of one character is seen as the added token that it may be. */
function seen(text: string, added: AddedTokens): string | number {
  return [...text].length === 1 ? (added.idOf.get(text) ?? text) : text;
}
