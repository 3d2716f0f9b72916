/**
 * The ids config.json names beside the architecture. `transformers` reads the reward at the last token that is not
 * `pad_token_id`, and refuses batches without one: so the pad token must be one that never ends a response, least of
 * all `<|end|>`, where our rewards are read.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { namedToken, tokenTable } from '../data/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { ConfigReader } from './config-reader.ts';

export interface SpecialTokens {
  readonly pad: number | null;
  readonly begin: number | null;
  readonly end: number | null;
}

export const noSpecialTokens: SpecialTokens = { pad: null, begin: null, end: null };

/** The ids of a configuration; where it lists several end tokens, the first. */
export function specialTokensOf(config: ConfigReader): SpecialTokens {
  const id = (key: string): number | null => {
    const value = config.raw(key);
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === 'number' && Number.isInteger(first) && first >= 0 ? first : null;
  };
  return { pad: id('pad_token_id'), begin: id('bos_token_id'), end: id('eos_token_id') };
}

const endToken = '<|end|>';
/**
 * Byte 0xff in the byte alphabet of GPT-2: no UTF-8 text holds that byte, so a byte-level tokenizer never makes this
 * token.
 */
const unusedByteToken = 'ÿ';

export interface TokenizerTokens {
  readonly ids: SpecialTokens;
  readonly texts: { readonly pad: string | null; readonly end: string | null };
}

/**
 * The special tokens of a tokenizer.json: those of ours are known, those of any other stand in the
 * tokenizer_config.json beside it. Null where there are none. Throws UserError (exit 4) for a file that is not JSON.
 */
export async function tokenizerTokens(path: string): Promise<TokenizerTokens> {
  const table = tokenTable(await readJson(path));
  const config = await readJson(join(dirname(path), 'tokenizer_config.json'), '{}');
  const written = namedToken(config, 'eos_token');
  // Others have a token of this name too: it is ours only where it is the first and nothing else is said. Only ours is
  // known to be byte-level, so that the letter stands for the byte.
  const isOwn = written === null && table.idOf(endToken) === 0;
  const texts = {
    begin: namedToken(config, 'bos_token'),
    end: isOwn ? endToken : written,
    pad: isOwn ? unusedByteToken : namedToken(config, 'pad_token'),
  };
  const id = (text: string | null): number | null => (text === null ? null : table.idOf(text));
  const ids = { pad: id(texts.pad), begin: id(texts.begin), end: id(texts.end) };
  return { ids, texts: { end: texts.end, pad: ids.pad === null ? null : texts.pad } };
}

async function readJson(path: string, absent?: string): Promise<object> {
  try {
    return JSON.parse(await readFile(path, 'utf8').catch((error: unknown) => absent ?? fail(error))) as object;
  } catch (cause) {
    throw new UserError(`${path}: cannot be read as JSON`, {
      exitCode: 4,
      hint: 'Run the stage that writes it again.',
      cause,
    });
  }
}

function fail(error: unknown): never {
  throw error;
}
