import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readJsonObject } from '../read-json-object.ts';

/** The tokenizer_config.json beside a tokenizer.json; empty where there is none. @throws UserError (4) */
export function readTokenizerConfig(tokenizer: string): object {
  const beside = join(dirname(tokenizer), 'tokenizer_config.json');
  return existsSync(beside) ? readJsonObject(beside) : {};
}

/** For people whose model comes with a file of SentencePiece alone. */
export const sentencePieceHint =
  '(A tokenizer.model alone becomes a tokenizer.json with ' +
  'AutoTokenizer.from_pretrained(...).save_pretrained(...) in Python.)';
