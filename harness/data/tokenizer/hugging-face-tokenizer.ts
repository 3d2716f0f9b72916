/**
 * Any `tokenizer.json`, as `transformers` encodes with it: the special tokens its post-processor adds included, unless
 * they are not wanted.
 */
import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { UserError } from '../../spec/user-error.ts';
import type { TokenIds } from '../preference-pair.ts';

export interface HuggingFaceTokenizer {
  encode(text: string, options: { readonly specialTokens: boolean }): TokenIds;
  decode(ids: ArrayLike<number>): string;
}

/**
 * @param json the parsed tokenizer.json
 * @param config the parsed tokenizer_config.json; an empty object where there is none
 * @throws UserError (exit 4) where the file is no tokenizer, or of a kind the library does not know
 */
export function loadHuggingFaceTokenizer(path: string, json: object, config: object): HuggingFaceTokenizer {
  let library: LibraryTokenizer;
  try {
    library = new LibraryTokenizer(json, config);
  } catch (cause) {
    throw new UserError(
      `${path}: not a tokenizer that can be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { exitCode: 4, hint: 'Give rows of token ids instead of text, encoded by the tools of the model.', cause },
    );
  }
  return {
    encode: (text, { specialTokens }) =>
      Int32Array.from(library.encode(text, { add_special_tokens: specialTokens }).ids),
    decode: (ids) =>
      ids.length === 0
        ? ''
        : library.decode(Array.from(ids), { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
  };
}
