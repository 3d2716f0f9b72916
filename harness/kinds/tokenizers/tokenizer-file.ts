/** What lies at the path of a tokenizer: how many tokens it has, what ends a response, or why it cannot be used. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { encoderVersion, fileDigest, namedToken, openTokenizer, tokenTable } from '../../data/index.ts';
import { modelFiles } from '../../model/index.ts';
import { UserError, type RuleBreak } from '../../spec/index.ts';
import { completeTokenizerConfig } from '../tokenizer-config.ts';

/** Absolute paths. */
export interface TokenizerPlace {
  readonly path: string;
  readonly config: string | null;
}

export type CheckedTokenizer =
  | {
      /** One more than its highest id. */
      readonly vocabSize: number;
      /** Text of a complete tokenizer_config.json; null where none is needed. */
      readonly config: string | null;
    }
  | { readonly broken: RuleBreak };

/** Answers by state of the files: validating a sweep asks once a trial. */
const checked = new Map<string, CheckedTokenizer>();

export function checkTokenizerFile(place: TokenizerPlace): CheckedTokenizer {
  const key = [place.path, place.config].map(stampOf).join('\n');
  const answer = checked.get(key) ?? check(place);
  checked.set(key, answer);
  return answer;
}

/** sha256 over the contents of both files. @throws UserError (4) where one is gone. */
export function digestOfTokenizer({ path: json, config }: TokenizerPlace): string {
  const lines = [json, config].map((file) => (file === null ? 'none' : fileDigest(file)));
  return createHash('sha256')
    .update([`encoder ${encoderVersion}`, ...lines].join(' '))
    .digest('hex');
}

function check(place: TokenizerPlace): CheckedTokenizer {
  const fields = [place.path, place.config].map((file) => (file === null ? {} : readObject(file)));
  const [json, written] = fields as [object | string, object | string];
  if (typeof json === 'string') return broken('path', 'a tokenizer.json', json);
  if (typeof written === 'string') return broken('config', 'a tokenizer_config.json', written);
  try {
    return checkParsed(place, json, written);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return broken('path', 'a tokenizer that can be used here', error.message, error.hint);
  }
}

function checkParsed(place: TokenizerPlace, json: object, written: object): CheckedTokenizer {
  const table = tokenTable(json);
  const vocabSize = table.highestId + 1;
  if (vocabSize === 0) return broken('path', 'a tokenizer.json', `no tokens in ${place.path}`);
  if (place.config === null && namesNoEnd(place.path, json))
    return broken('config', 'a tokenizer_config.json that names the end token (eos_token)', 'null', besideIt(place));
  if (place.config === null) return { vocabSize, config: null };
  const end = namedToken(written, 'eos_token');
  const config = completeTokenizerConfig(written, table, { end, pads: [namedToken(written, 'pad_token')] });
  openTokenizer(place.path, json, config);
  return { vocabSize, config: `${JSON.stringify(config, null, 2)}\n` };
}

/** Ours end a response without a configuration. */
function namesNoEnd(file: string, json: object): boolean {
  try {
    openTokenizer(file, json, {});
    return false;
  } catch (error) {
    if (error instanceof UserError) return true;
    throw error;
  }
}

function besideIt({ path: file }: TokenizerPlace): string {
  const beside = path.join(path.dirname(file), modelFiles.tokenizerConfig);
  return existsSync(beside)
    ? `there is one beside it: config: ${beside}`
    : `write one: {"eos_token": "..."} with a token of it, and name it under tokenizer.config`;
}

function broken(field: string, expected: string, found: string, suggestion: string | null = null): CheckedTokenizer {
  return { broken: { fields: [field], expected, found, ...(suggestion !== null && { suggestion }) } };
}

/** The object in a JSON file, or what is there instead. */
function readObject(file: string): object | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return existsSync(file) ? `no readable file at ${file}` : `no file at ${file}`;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : `no JSON object in ${file}`;
  } catch {
    return `no JSON in ${file}`;
  }
}

function stampOf(file: string | null): string {
  const found = file === null ? undefined : statSync(file, { throwIfNoEntry: false });
  return found === undefined ? `${file} gone` : `${file} ${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`;
}
