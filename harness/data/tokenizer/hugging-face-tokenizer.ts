/**
 * Any `tokenizer.json`, computed as the Rust library of Hugging Face computes it: added tokens, normalizer,
 * pre-tokenizer, model, post-processor, decoder. What is not computed exactly is refused by name (docs/tokenizers.md).
 */
import type { TokenIds } from '../preference-pair.ts';
import { IdList } from './id-list.ts';
import { readTokenizerParts, type TokenizerParts } from './tokenizer-parts.ts';

export interface HuggingFaceTokenizer {
  /**
   * The ids of one text, never cut or padded. `specialTokens`: with those that the post-processor adds.
   * @throws RangeError where the text holds a lone surrogate, with its offset
   * @throws UserError (4) where a part has no token, and the vocabulary none for the unknown
   */
  encode(text: string, options: { readonly specialTokens: boolean }): TokenIds;
  /** Ids without a token are passed over. Nothing is cleaned up beyond what the decoder of the file says. */
  decode(ids: ArrayLike<number>, options?: { readonly skipSpecialTokens: boolean }): string;
  /** A token as the vocabulary writes it; null where there is none. */
  tokenOf(id: number): string | null;
}

/**
 * @param path Names the file in errors.
 * @param json The parsed tokenizer.json.
 * @param config The parsed tokenizer_config.json, which may name more tokens; an empty object where there is none.
 * @throws UserError (4) where the file is no tokenizer, or asks for what is not computed; with all its problems.
 */
export function loadHuggingFaceTokenizer(path: string, json: object, config: object): HuggingFaceTokenizer {
  const parts = readTokenizerParts(path, json, config);
  const { texts, specialTexts } = parts.shown;
  const tokenOf = (id: number): string | null => texts.get(id) ?? parts.model.vocabulary.tokenOf(id);
  return {
    tokenOf,
    encode: (text, { specialTokens }) => encode(text, parts, specialTokens),
    decode: (ids, options) => {
      const tokens = Array.from(ids, tokenOf).filter((token) => token !== null);
      return parts.decoder(
        options?.skipSpecialTokens === true ? tokens.filter((one) => !specialTexts.has(one)) : tokens,
      );
    },
  };
}

function encode(text: string, parts: TokenizerParts, specialTokens: boolean): TokenIds {
  const ids = new IdList();
  for (const part of specialTokens ? parts.frame : [null]) {
    if (part === null) addText(text, parts, ids);
    else ids.push(part);
  }
  return ids.copy();
}

function addText(text: string, { added, cutWords, preTokenizer, pieces, words }: TokenizerParts, ids: IdList): void {
  for (const part of added.split(text)) {
    const cut = typeof part === 'number' ? null : (cutWords?.(part.text) ?? null);
    if (typeof part === 'number') ids.push(part);
    else if (cut !== null) for (const word of cut) words.encode(word, ids);
    else for (const piece of preTokenizer([part])) pieces.encode(piece.text, ids);
  }
}
