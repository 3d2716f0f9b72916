/**
 * The tokenizer of a model, whatever it is: our own byte-pair encoding, or one that a checkpoint brought along. What
 * the latter puts before every text (`<s>` and the like) stands before the prompt; its end token stands behind every
 * response.
 */
import { UserError } from '../../spec/user-error.ts';
import type { TokenIds } from '../preference-pair.ts';
import { loadHuggingFaceTokenizer, type HuggingFaceTokenizer } from './hugging-face-tokenizer.ts';
import { loadTokenizer, type Tokenizer } from './load-tokenizer.ts';
import { preTokenPattern } from './pre-tokens.ts';
import { namedToken, tokenTable } from './token-table.ts';
import type { TokenizerJson } from './tokenizer-json.ts';

/**
 * @param json The parsed tokenizer.json.
 * @param config The parsed tokenizer_config.json, whose `eos_token` is the end token; empty where there is none.
 * @throws UserError (4) where the file is no tokenizer, has no end token, or frames texts in a way that cannot be kept.
 */
export function openTokenizer(path: string, json: object, config: object): Tokenizer {
  if (isOwn(json)) return loadTokenizer(json as TokenizerJson);
  const table = tokenTable(json);
  const end = namedToken(config, 'eos_token');
  const endToken = end === null ? null : table.idOf(end);
  if (endToken === null)
    throw new UserError(
      `${path}: has no end token, with which a response ends: ` +
        `eos_token is ${JSON.stringify(end)}, which is no token of it`,
      { exitCode: 4, hint: 'Name one of its tokens as eos_token in the tokenizer_config.json beside it.' },
    );
  const library = loadHuggingFaceTokenizer(path, json, config);
  return {
    vocabSize: table.size,
    endToken,
    responseEnd: Int32Array.of(endToken),
    beginTokens: beginTokensOf(path, library, endToken),
    encode: (text) => library.encode(text, { specialTokens: false }),
    decode: (ids) => library.decode(ids),
  };
}

/** Whether the tokenizer was trained here: nobody else cuts texts with this pattern. */
function isOwn(json: object): boolean {
  const { pre_tokenizer: cut } = json as Partial<TokenizerJson>;
  return cut?.type === 'Sequence' && cut.pretokenizers[0]?.pattern?.Regex === preTokenPattern;
}

/** What the post-processor puts before a text. Behind it only the end token may stand, which responses get anyway. */
function beginTokensOf(path: string, library: HuggingFaceTokenizer, endToken: number): TokenIds {
  const [plain, framed] = [false, true].map((specialTokens) => library.encode('a', { specialTokens })) as [
    TokenIds,
    TokenIds,
  ];
  const begins = framed.length - plain.length;
  for (let start = 0; start <= begins; start++) {
    if (plain.some((id, index) => framed[start + index] !== id)) continue;
    if (framed.subarray(start + plain.length).every((id) => id === endToken)) return framed.slice(0, start);
  }
  throw new UserError(`${path}: puts other tokens behind a text than its end token: ${framed.join(' ')} for "a"`, {
    exitCode: 4,
    hint: 'Tokenizers that frame a text at its start, or end it with their end token, can be used.',
  });
}
