/**
 * The ids config.json names beside the architecture. `transformers` reads the reward at the last token that is not
 * `pad_token_id`, and refuses batches without one: so the pad token must be one that never ends a response, least of
 * all `<|end|>`, where our rewards are read.
 */
import { readFile } from 'node:fs/promises';
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

/** End and pad token of a byte-level tokenizer.json of ours; null where it has no such tokens. */
export async function tokenizerTokens(path: string): Promise<TokenizerTokens> {
  const json = (await readFile(path, 'utf8')
    .then(JSON.parse)
    .catch((cause: unknown) => {
      throw new UserError(`${path}: cannot be read as JSON`, {
        exitCode: 4,
        hint: 'Run the stage that writes it again.',
        cause,
      });
    })) as { readonly model?: { readonly vocab?: Readonly<Record<string, number>> } };
  const vocab = json.model?.vocab ?? {};
  const id = (token: string): number | null => (Object.hasOwn(vocab, token) ? (vocab[token] ?? null) : null);
  const [end, pad] = [id(endToken), id(unusedByteToken)];
  // In another tokenizer that letter may be an ordinary token: only ours is known to be byte-level.
  if (end === null) return { ids: noSpecialTokens, texts: { pad: null, end: null } };
  return { ids: { pad, begin: null, end }, texts: { pad: pad === null ? null : unusedByteToken, end: endToken } };
}
