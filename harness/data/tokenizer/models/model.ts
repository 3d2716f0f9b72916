/** What turns a pre-token into tokens: the `model` of a tokenizer.json. */
import { UserError } from '../../../spec/user-error.ts';
import type { IdList } from '../id-list.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface TokenModel {
  readonly kind: 'BPE' | 'WordPiece' | 'WordLevel' | 'Unigram';
  readonly vocabulary: Vocabulary;
  /**
   * Appends the tokens of a pre-token that is not empty.
   * @throws UserError (4) where a part of it has no token and the vocabulary has none for the unknown.
   */
  encode(piece: string, ids: IdList): void;
}

/** The Rust library fails at the same texts, and not before. */
export function noUnknownToken(piece: string, unknown: string | null): UserError {
  const missing = unknown === null ? 'no token for the unknown' : `no token ${JSON.stringify(unknown)} for the unknown`;
  return new UserError(
    `a part of ${JSON.stringify(piece.slice(0, 40))} has no token, and the vocabulary has ${missing}`,
    {
      exitCode: 4,
      hint: 'Give rows of token ids instead of text, or another text.',
    },
  );
}
