/** A tokenizer.json, read: every section made into what it does, or all that is not computed exactly in one error. */
import { addedTokensOf, type AddedTokens } from './added-tokens.ts';
import { toByteLevel } from './byte-level-text.ts';
import { byteWordsOf, type CutWords } from './byte-words.ts';
import { readDecoder } from './decoders/read-decoder.ts';
import { FeatureReader } from './feature-reader.ts';
import type { TokenModel } from './models/model.ts';
import { PieceCache } from './models/piece-cache.ts';
import { readModel } from './models/read-model.ts';
import { normalizerOf } from './normalizers/index.ts';
import type { Frame } from './post-processors/frame.ts';
import { readPostProcessor } from './post-processors/read-post-processor.ts';
import { preTokenizerOf } from './pre-tokenizers/index.ts';
import type { PreTokenizer } from './pre-tokenizers/pre-tokenizer.ts';
import { shownTokens, type ShownTokens } from './shown-tokens.ts';
import { tokensOfConfig } from './tokenizer-config.ts';

export interface TokenizerParts {
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

/** @throws UserError (4) where the file is no tokenizer, or asks for what is not computed; with all its problems. */
export function readTokenizerParts(path: string, json: object, config: object): TokenizerParts {
  const problems: string[] = [];
  const root = new FeatureReader('', json, problems);
  passOver(root);
  const model = readModel(root.child('model'), root);
  const { added, shown } = readAdded(root, model, tokensOfConfig(json, config, problems));
  const isToken = (id: number): boolean => added.byId.has(id) || model.vocabulary.tokenOf(id) !== null;
  const parts: TokenizerParts = {
    added,
    shown,
    preTokenizer: preTokenizerOf(root.child('pre_tokenizer')),
    cutWords: byteWordsOf(root.raw('pre_tokenizer')),
    model,
    pieces: new PieceCache((piece, ids) => model.encode(piece, ids)),
    words: new PieceCache((word, ids) => model.encode(toByteLevel(word), ids)),
    frame: readPostProcessor(root.child('post_processor'), isToken),
    decoder: readDecoder(root.child('decoder')),
  };
  root.done();
  root.finish(path);
  return parts;
}

/** Whoever encodes one text with `transformers` switches truncation and padding off, unless the call asks for them. */
function passOver(root: FeatureReader): void {
  for (const section of ['truncation', 'padding']) root.raw(section);
  const version = root.text('version', '1.0');
  if (version !== '1.0') root.refuse(`version ${JSON.stringify(version)} is not known, only "1.0"`);
}

function readAdded(
  root: FeatureReader,
  { vocabulary }: TokenModel,
  more: readonly FeatureReader[],
): Pick<TokenizerParts, 'added' | 'shown'> {
  const normalizer = normalizerOf(root.child('normalizer'));
  const ofModel = { size: vocabulary.size, idOf: (token: string) => vocabulary.ids.get(token) };
  const added = addedTokensOf([...root.children('added_tokens'), ...more], ofModel, normalizer);
  return { added, shown: shownTokens(added, normalizer) };
}
