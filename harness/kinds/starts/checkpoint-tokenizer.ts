/**
 * The tokenizer of a checkpoint, made complete: its tokenizer_config.json names the token that ends a response and one
 * to pad with, wherever the checkpoint says so.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { namedToken, openTokenizer, tokenTable, type TokenTable } from '../../data/index.ts';
import { modelFiles, natureOfFile, type SpecialTokens } from '../../model/index.ts';
import { UserError } from '../../spec/index.ts';
import { completeTokenizerConfig } from '../tokenizer-config.ts';

export interface CheckpointTokenizer {
  /** The text of tokenizer.json, as it is. */
  readonly json: string;
  /** The text of a complete tokenizer_config.json. */
  readonly config: string;
  readonly highestId: number;
}

/** @throws UserError (4) where it cannot be read, or nothing says which token ends a text. */
export function readCheckpointTokenizer(file: string, specialTokens: SpecialTokens): CheckpointTokenizer {
  const json = readFileSync(file, 'utf8');
  const parsed = parseObject(file, json);
  const table = tokenTable(parsed);
  const config = completeConfig(path.dirname(file), table, specialTokens);
  openTokenizer(file, parsed, config);
  return { json, config: `${JSON.stringify(config, null, 2)}\n`, highestId: table.highestId };
}

function completeConfig(folder: string, table: TokenTable, specialTokens: SpecialTokens): object {
  const file = path.join(folder, modelFiles.tokenizerConfig);
  const written = existsSync(file) ? parseObject(file, readFileSync(file, 'utf8')) : {};
  const named = (id: number | null): string | null => (id === null ? null : table.tokenOf(id));
  return completeTokenizerConfig(written, table, {
    end: named(specialTokens.end) ?? namedToken(written, 'eos_token'),
    pads: [named(specialTokens.pad), namedToken(written, 'pad_token')],
  });
}

function parseObject(file: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below, as for a file that holds something else.
  }
  const nature = natureOfFile(file);
  throw new UserError(`${file}: ${nature === null ? 'is not a JSON object' : nature.is}`, {
    exitCode: 4,
    hint: nature === null ? 'Download the folder again.' : nature.hint,
  });
}
