/**
 * Any `tokenizer.json`, computed as the Rust library of Hugging Face computes it: added tokens, normalizer,
 * pre-tokenizer, model, post-processor, decoder. What is not computed exactly is refused by name (docs/tokenizers.md).
 */
import type { TokenIds } from '../preference-pair.ts';
import { addedTokensOf, type AddedTokens } from './added-tokens.ts';
import { readDecoder } from './decoders/read-decoder.ts';
import { FeatureReader } from './feature-reader.ts';
import { IdList } from './id-list.ts';
import type { TokenModel } from './models/model.ts';
import { readModel } from './models/read-model.ts';
import { normalizerOf } from './normalizers/index.ts';
import { readPostProcessor, type Frame } from './post-processors/read-post-processor.ts';
import { preTokenizerOf } from './pre-tokenizers/index.ts';
import type { PreTokenizer } from './pre-tokenizers/pre-tokenizer.ts';
import { tokensOfConfig } from './tokenizer-config.ts';

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

/** The parts of a tokenizer.json, made. */
interface Parts {
  readonly added: AddedTokens;
  readonly preTokenizer: PreTokenizer;
  readonly model: TokenModel;
  readonly frame: Frame;
  readonly decoder: (tokens: readonly string[]) => string;
}

/**
 * @param path Names the file in errors.
 * @param json The parsed tokenizer.json.
 * @param config The parsed tokenizer_config.json, which may name more tokens; an empty object where there is none.
 * @throws UserError (4) where the file is no tokenizer, or asks for what is not computed exactly; with all its problems.
 */
export function loadHuggingFaceTokenizer(path: string, json: object, config: object): HuggingFaceTokenizer {
  const parts = readParts(path, json, config);
  const tokenOf = (id: number): string | null =>
    parts.added.byId.get(id)?.content ?? parts.model.vocabulary.tokenOf(id);
  const isSpecial = (id: number): boolean => parts.added.byId.get(id)?.special === true;
  return {
    tokenOf,
    encode: (text, { specialTokens }) => encode(text, parts, specialTokens),
    decode: (ids, options) => {
      const shown = Array.from(ids).filter((id) => options?.skipSpecialTokens !== true || !isSpecial(id));
      return parts.decoder(shown.map(tokenOf).filter((token) => token !== null));
    },
  };
}

function readParts(path: string, json: object, config: object): Parts {
  const problems: string[] = [];
  const root = new FeatureReader('', json, problems);
  const version = root.text('version', '1.0');
  if (version !== '1.0') root.refuse(`version ${JSON.stringify(version)} is not known, only "1.0"`);
  // Whoever encodes one text with `transformers` switches both off, unless they are asked for in the call.
  for (const section of ['truncation', 'padding']) root.raw(section);
  const model = readModel(root.child('model'), root);
  const normalizer = normalizerOf(root.child('normalizer'));
  const preTokenizer = preTokenizerOf(root.child('pre_tokenizer'));
  const tokens = [...root.children('added_tokens'), ...tokensOfConfig(json, config, problems)];
  const added = addedTokensOf(
    tokens,
    { size: model.vocabulary.size, idOf: (token) => model.vocabulary.ids.get(token) },
    normalizer,
  );
  const isToken = (id: number): boolean => added.byId.has(id) || model.vocabulary.tokenOf(id) !== null;
  const frame = readPostProcessor(root.child('post_processor'), isToken);
  const decoder = readDecoder(root.child('decoder'));
  root.done();
  root.finish(path);
  return { added, preTokenizer, model, frame, decoder };
}

function encode(text: string, parts: Parts, specialTokens: boolean): TokenIds {
  const ids = new IdList();
  for (const part of specialTokens ? parts.frame : [null]) {
    if (part === null) addText(text, parts, ids);
    else ids.push(part);
  }
  return ids.copy();
}

function addText(text: string, { added, preTokenizer, model }: Parts, ids: IdList): void {
  for (const part of added.split(text)) {
    if (typeof part === 'number') ids.push(part);
    else for (const piece of preTokenizer([part])) model.encode(piece.text, ids);
  }
}
