/**
 * Any `tokenizer.json`, computed as the Rust library of Hugging Face computes it: added tokens, normalizer,
 * pre-tokenizer, model, post-processor, decoder. What is not computed exactly is refused by name (docs/tokenizers.md).
 */
import type { TokenIds } from '../preference-pair.ts';
import { byteWordsOf, type CutWords } from './byte-words.ts';
import { addedTokensOf, type AddedToken, type AddedTokens } from './added-tokens.ts';
import { toByteLevel } from './byte-level-text.ts';
import { readDecoder } from './decoders/read-decoder.ts';
import { FeatureReader } from './feature-reader.ts';
import { IdList } from './id-list.ts';
import type { TokenModel } from './models/model.ts';
import { PieceCache } from './models/piece-cache.ts';
import { readModel } from './models/read-model.ts';
import { normalizerOf } from './normalizers/index.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
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
  readonly shown: ShownTokens;
  readonly preTokenizer: PreTokenizer;
  readonly cutWords: CutWords | null;
  readonly model: TokenModel;
  /** Tokens of pre-tokens, and of words that are not yet spelled in bytes. */
  readonly pieces: PieceCache;
  readonly words: PieceCache;
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
  return {
    added,
    shown: shownTokens(added, normalizer),
    preTokenizer,
    cutWords: byteWordsOf(root.raw('pre_tokenizer')),
    model,
    pieces: new PieceCache((piece, ids) => model.encode(piece, ids)),
    words: new PieceCache((word, ids) => model.encode(toByteLevel(word), ids)),
    frame,
    decoder,
  };
}

/** Texts of added tokens as decoding gives them. */
interface ShownTokens {
  readonly texts: ReadonlyMap<number, string>;
  /** What is left out without special tokens. */
  readonly specialTexts: ReadonlySet<string>;
}

/**
 * A token that is looked for in normalized text is shown normalized, as in the Rust library; a special one is then left
 * out only where that changed nothing.
 */
function shownTokens({ byId }: AddedTokens, normalizer: Normalizer): ShownTokens {
  const textOf = ({ content, normalized }: AddedToken): string =>
    normalized ? normalizer({ text: content, startLength: 0 }).text : content;
  return {
    texts: new Map([...byId].map(([id, token]) => [id, textOf(token)])),
    specialTexts: new Set([...byId.values()].filter(({ special }) => special).map(({ content }) => content)),
  };
}

function encode(text: string, parts: Parts, specialTokens: boolean): TokenIds {
  const ids = new IdList();
  for (const part of specialTokens ? parts.frame : [null]) {
    if (part === null) addText(text, parts, ids);
    else ids.push(part);
  }
  return ids.copy();
}

function addText(text: string, { added, cutWords, preTokenizer, pieces, words }: Parts, ids: IdList): void {
  for (const part of added.split(text)) {
    const cut = typeof part === 'number' ? null : (cutWords?.(part.text) ?? null);
    if (typeof part === 'number') ids.push(part);
    else if (cut !== null) for (const word of cut) words.encode(word, ids);
    else for (const piece of preTokenizer([part])) pieces.encode(piece.text, ids);
  }
}
