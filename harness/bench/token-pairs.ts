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
  const row = parsed(line, place);
  return {
    id: place,
    prompt: idsOf(row, 'prompt', place),
    chosen: idsOf(row, 'chosen', place),
    rejected: idsOf(row, 'rejected', place),
  };
}

function parsed(line: string, place: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new UserError(`${place}: not JSON`, { exitCode: 2, hint: 'Every line holds one pair.', cause });
  }
}

function idsOf(row: Readonly<Record<string, unknown>>, key: string, place: string): Int32Array {
  const value = row[key];
  if (!Array.isArray(value) || value.length === 0 || !value.every((id) => Number.isInteger(id) && id >= 0))
    throw new UserError(`${place}: ${key}: expected a list of token ids`, {
      exitCode: 2,
      hint: 'A line is {"prompt": [1, 2], "chosen": [3], "rejected": [4]}.',
    });
  return Int32Array.from(value as number[]);
}
