/** A tokenizer.json and what lies beside it, each read once, when it is first asked for: token ids need none of it. */
import { existsSync } from 'node:fs';
import { UserError } from '../spec/user-error.ts';
import type { ChatTemplate } from './chat/chat-template.ts';
import { openTokenizerTemplate } from './chat/open-tokenizer-template.ts';
import { readJsonObject } from './read-json-object.ts';
import { loadHuggingFaceTokenizer, type HuggingFaceTokenizer } from './tokenizer/hugging-face-tokenizer.ts';
import type { Tokenizer } from './tokenizer/load-tokenizer.ts';
import { openTokenizer } from './tokenizer/open-tokenizer.ts';
import { readTokenizerConfig, sentencePieceHint } from './tokenizer/read-tokenizer-config.ts';

/** Each throws UserError: exit 2 where there is no tokenizer or no template, exit 4 for damaged files. */
export interface TokenizerOnDemand {
  /** With an end token, for models that are trained or generate here. */
  readonly tokenizer: () => Tokenizer;
  /** As its library has it. */
  readonly library: () => HuggingFaceTokenizer;
  /** Null where there is none. */
  readonly chatTemplate: () => ChatTemplate | null;
}

export interface TokenizerPlaces {
  /** Of the tokenizer.json. */
  readonly path: string;
  /** A file with a chat template; null = the tokenizer's own. */
  readonly chatTemplate: string | null;
  /** What is text where a tokenizer is asked for. */
  readonly texts: 'rows' | 'prompts';
}

export function tokenizerOnDemand({ path, chatTemplate, texts }: TokenizerPlaces): TokenizerOnDemand {
  return {
    tokenizer: once(() => openTokenizer(path, readTokenizer(path, texts), readTokenizerConfig(path))),
    library: once(() => loadHuggingFaceTokenizer(path, readTokenizer(path, texts), readTokenizerConfig(path))),
    chatTemplate: once(() => openTokenizerTemplate(path, chatTemplate)),
  };
}

function readTokenizer(path: string, texts: TokenizerPlaces['texts']): object {
  if (existsSync(path)) return readJsonObject(path);
  throw new UserError(`${path}: there is no tokenizer, and the ${texts} are texts`, {
    exitCode: 2,
    hint: `Name one with --tokenizer, or give ${texts} of token ids. ${sentencePieceHint}`,
  });
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
