/**
 * Encoding and decoding through `@huggingface/tokenizers`, so that our `tokenizer.json` means what it means to
 * everybody else. The library needs about 10 us a pre-token; text repeats its pre-tokens, so each distinct one is
 * encoded once and remembered. `test/data/tokenizer.test.ts` shows that the shortcut changes no id.
 */
import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { UserError } from '../../spec/user-error.ts';
import type { TokenIds } from '../preference-pair.ts';
import { splitPreTokens } from './pre-tokens.ts';
import { endToken, endTokenId, type TokenizerJson } from './tokenizer-json.ts';

export interface Tokenizer {
  readonly vocabSize: number;
  /** Id of the token that ends every response: `<|end|>` in ours. */
  readonly endToken: number;
  /** What stands before every prompt; nothing in ours. */
  readonly beginTokens: TokenIds;
  /**
   * Adds no special token. The literal text of one (`<|end|>`) becomes that token, as everywhere in the Hugging Face
   * format.
   */
  encode(text: string): TokenIds;
  decode(ids: ArrayLike<number>): string;
}

/** Distinct pre-tokens kept; beyond, the library is asked again. 2^20 short strings are about 100 MB. */
const cacheCapacity = 2 ** 20;

/** Throws `UserError` (exit 4) for a file that is not a tokenizer of ours. */
export function loadTokenizer(json: TokenizerJson): Tokenizer {
  if (json.model?.type !== 'BPE' || json.model.vocab[endToken] !== endTokenId) throw notOurs();
  const library = new LibraryTokenizer(json, { clean_up_tokenization_spaces: false });
  const encodePreToken = remembered((preToken) => library.encode(preToken, { add_special_tokens: false }).ids);
  return {
    vocabSize: Object.keys(json.model.vocab).length,
    endToken: endTokenId,
    beginTokens: new Int32Array(0),
    encode: (text) => encodeSections(text, encodePreToken),
    decode: (ids) => decodeWith(library, ids),
  };
}

function decodeWith(library: LibraryTokenizer, ids: ArrayLike<number>): string {
  if (ids.length === 0) return '';
  return library.decode(Array.from(ids), { skip_special_tokens: false, clean_up_tokenization_spaces: false });
}

function notOurs(): UserError {
  return new UserError('the tokenizer file is not a byte-level BPE with <|end|> as token 0', {
    exitCode: 4,
    hint: 'Remove the folder of this stage and run the sweep again.',
  });
}

type EncodePreToken = (preToken: string) => readonly number[];

function remembered(encode: EncodePreToken): EncodePreToken {
  const cache = new Map<string, readonly number[]>();
  return (preToken) => {
    const known = cache.get(preToken);
    if (known !== undefined) return known;
    const ids = encode(preToken);
    if (cache.size < cacheCapacity) cache.set(preToken, ids);
    return ids;
  };
}

function encodeSections(text: string, encodePreToken: EncodePreToken): TokenIds {
  const ids: number[] = [];
  const sections = text.includes(endToken) ? text.split(endToken) : [text];
  sections.forEach((section, index) => {
    if (index > 0) ids.push(endTokenId);
    for (const preToken of splitPreTokens(section)) {
      for (const id of encodePreToken(preToken)) ids.push(id);
    }
  });
  return Int32Array.from(ids);
}
