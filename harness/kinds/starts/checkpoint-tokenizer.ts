/**
 * The tokenizer of a checkpoint, made complete: its tokenizer_config.json names the token that ends a response and one
 * to pad with, wherever the checkpoint says so.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { namedToken, openTokenizer, tokenTable, type TokenTable } from '../../data/index.ts';
import { modelFiles, type SpecialTokens } from '../../model/index.ts';
import { UserError } from '../../spec/index.ts';

export interface CheckpointTokenizer {
  /** The text of tokenizer.json, as it is. */
  readonly json: string;
  /** The text of a complete tokenizer_config.json. */
  readonly config: string;
  readonly highestId: number;
}

/** @throws UserError (4) where it cannot be read, or nothing says which token ends a text. */
export function readCheckpointTokenizer(folder: string, specialTokens: SpecialTokens): CheckpointTokenizer {
  const file = path.join(folder, modelFiles.tokenizer);
  const json = readFileSync(file, 'utf8');
  const parsed = parseObject(file, json);
  const table = tokenTable(parsed);
  const config = completeConfig(folder, table, specialTokens);
  openTokenizer(file, parsed, config);
  return { json, config: `${JSON.stringify(config, null, 2)}\n`, highestId: table.highestId };
}

function completeConfig(folder: string, table: TokenTable, specialTokens: SpecialTokens): object {
  const file = path.join(folder, modelFiles.tokenizerConfig);
  const written = existsSync(file) ? parseObject(file, readFileSync(file, 'utf8')) : {};
  const named = (id: number | null): string | null => (id === null ? null : table.tokenOf(id));
  const end = named(specialTokens.end) ?? namedToken(written, 'eos_token');
  const pad = padToken([named(specialTokens.pad), namedToken(written, 'pad_token')], end, table);
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...written,
    eos_token: end,
    pad_token: pad,
    // With learned positions, `transformers` shifts the positions of a row that is padded on the left.
    padding_side: 'right',
  };
}

/**
 * Tokens that no text is encoded to: byte 0xff, which UTF-8 has not, in a byte-level alphabet and as a byte that a
 * vocabulary falls back to.
 */
const unusedTokens = ['ÿ', '<0xFF>', '<unk>'];

/**
 * The token to pad with. `transformers` reads the reward at the last token that is not this one, so it must not be the
 * end token, which many checkpoints pad with.
 */
function padToken(named: readonly (string | null)[], end: string | null, table: TokenTable): string | null {
  const candidates = [...named, ...unusedTokens];
  return candidates.find((token) => token !== null && token !== end && table.idOf(token) !== null) ?? null;
}

function parseObject(file: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below, as for a file that holds something else.
  }
  throw new UserError(`${file}: is not a JSON object`, { exitCode: 4, hint: 'Download the folder again.' });
}
