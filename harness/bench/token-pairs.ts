/**
 * Pairs of token ids from a JSONL file, one `{prompt, chosen, rejected}` a line: what the speed of a step is measured
 * on.
 */
import { readFileSync } from 'node:fs';
import type { EncodedPair } from '../data/preference-pair.ts';
import { UserError } from '../spec/user-error.ts';

/** Throws UserError (exit 2) naming file and line. */
export function readTokenPairs(file: string): readonly EncodedPair[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(`${file} cannot be read`, {
      exitCode: 2,
      hint: 'Give a JSONL file of token ids with --pairs.',
      cause,
    });
  }
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [pairOf(line, `${file}:${index + 1}`)]));
}

function pairOf(line: string, place: string): EncodedPair {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (cause) {
    throw new UserError(`${place}: not JSON`, { exitCode: 2, hint: 'Every line holds one pair.', cause });
  }
  const ids = (key: string): Int32Array => {
    const value = (row as Record<string, unknown>)[key];
    if (!Array.isArray(value) || value.length === 0 || !value.every((id) => Number.isInteger(id) && id >= 0))
      throw new UserError(`${place}: ${key}: expected a list of token ids`, {
        exitCode: 2,
        hint: 'A line is {"prompt": [1, 2], "chosen": [3], "rejected": [4]}.',
      });
    return Int32Array.from(value as number[]);
  };
  return { id: place, prompt: ids('prompt'), chosen: ids('chosen'), rejected: ids('rejected') };
}
