/** Our own byte-level byte-pair encoding, which goes through the same encoder as every other tokenizer.json. */
import { UserError } from '../../spec/user-error.ts';
import type { TokenIds } from '../preference-pair.ts';
import { loadHuggingFaceTokenizer } from './hugging-face-tokenizer.ts';
import { endToken, endTokenId, type TokenizerJson } from './tokenizer-json.ts';

export interface Tokenizer {
  readonly vocabSize: number;
  /** Id of the token by which a model says that it has finished: `<|end|>` in ours. */
  readonly endToken: number;
  /** What stands behind every response: the end token, or nothing (`withResponseEnd`). */
  readonly responseEnd: TokenIds;
  /** What stands before every prompt; nothing in ours. */
  readonly beginTokens: TokenIds;
  /**
   * Adds no special token. The literal text of one (`<|end|>`) becomes that token, as everywhere in the Hugging Face
   * format.
   * @throws RangeError where the text holds a lone surrogate, with its offset
   */
  encode(text: string): TokenIds;
  decode(ids: ArrayLike<number>): string;
}

/** Throws `UserError` (exit 4) for a file that is not a tokenizer of ours. */
export function loadTokenizer(json: TokenizerJson): Tokenizer {
  if (json.model?.type !== 'BPE' || json.model.vocab[endToken] !== endTokenId) throw notOurs();
  const { encode, decode } = loadHuggingFaceTokenizer('tokenizer.json', json, {});
  return {
    vocabSize: Object.keys(json.model.vocab).length,
    endToken: endTokenId,
    responseEnd: Int32Array.of(endTokenId),
    beginTokens: new Int32Array(0),
    encode: (text) => encode(text, { specialTokens: false }),
    decode: (ids) => decode(ids),
  };
}

function notOurs(): UserError {
  return new UserError('the tokenizer file is not a byte-level BPE with <|end|> as token 0', {
    exitCode: 4,
    hint: 'Remove the folder of this stage and run the sweep again.',
  });
}
