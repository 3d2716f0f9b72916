/** WordPiece (Schuster and Nakajima 2012): the longest token from the left, again and again. */
import type { FeatureReader } from '../feature-reader.ts';
import { noUnknownToken, type TokenModel } from './model.ts';
import { readVocabulary } from './vocabulary.ts';

export function readWordPiece(reader: FeatureReader): TokenModel {
  const vocabulary = readVocabulary(reader);
  const unknown = reader.text('unk_token');
  const matcher: Matcher = {
    ids: vocabulary.ids,
    prefix: reader.text('continuing_subword_prefix'),
    mostCharacters: reader.number('max_input_chars_per_word'),
    longest: longestOf(vocabulary.ids.keys()),
  };
  return {
    kind: 'WordPiece',
    vocabulary,
    encode: (piece, ids) => {
      const found = tokensOf(piece, matcher);
      const id = found === null ? vocabulary.ids.get(unknown) : null;
      if (id === undefined) throw noUnknownToken(piece, unknown);
      for (const one of found ?? [id as number]) ids.push(one);
    },
  };
}

interface Matcher {
  readonly ids: ReadonlyMap<string, number>;
  readonly prefix: string;
  /** Of a word that is not unknown as a whole. */
  readonly mostCharacters: number;
  /** Length of the longest token: nothing longer is looked up. */
  readonly longest: number;
}

/** null where a part of the word has no token. */
function tokensOf(word: string, { ids, prefix, mostCharacters, longest }: Matcher): readonly number[] | null {
  if (word.length > mostCharacters && [...word].length > mostCharacters) return null;
  const found: number[] = [];
  for (let start = 0; start < word.length;) {
    const begins = start === 0 ? '' : prefix;
    let end = Math.min(word.length, start + longest);
    let id: number | undefined;
    while (end > start && (id = ids.get(begins + word.slice(start, end))) === undefined) end -= 1;
    if (id === undefined) return null;
    found.push(id);
    start = end;
  }
  return found;
}

function longestOf(tokens: Iterable<string>): number {
  let longest = 0;
  for (const token of tokens) longest = Math.max(longest, token.length);
  return longest;
}
