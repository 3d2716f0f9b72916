/**
 * Rows of a file -> prompts: `{"prompt": ..., "id": ...}`, the prompt a text or a list of token ids. Other fields are
 * passed over. Nothing is generated from a file with mistakes in it: all of them are told at once.
 */
import {
  BadRows,
  describeUnclear,
  encodePrompt,
  rowsOrProblems,
  unclearIn,
  writtenNumber,
  type BrokenRow,
  type ReadNames,
  type ReadRow,
  type RowSource,
  type Tokenizer,
} from '../data/index.ts';
import type { TokenIds } from '../data/preference-pair.ts';
import { UserError } from '../spec/index.ts';
import { cut, type WrittenNumber } from '../text/index.ts';

export interface PromptRow {
  /** The line in JSONL; the number of the row in a list or in Parquet. */
  readonly place: { readonly unit: ReadRow['unit']; readonly number: number };
  /** As it was written. */
  readonly id: string | number | WrittenNumber | null;
  readonly prompt: string | readonly number[];
  readonly tokens: TokenIds;
}

export interface PromptLimits {
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly tokenizer: () => Tokenizer;
}

const shape = '{"prompt": "..."}';
const readNames: ReadNames = { row: new Set(['id', 'prompt']), inner: new Set(), handedOn: new Set(['id']) };

/** @throws UserError: exit 2 with the first 20 bad rows, exit 5 for a file without prompts. */
export async function readPrompts(source: RowSource, limits: PromptLimits): Promise<readonly PromptRow[]> {
  const prompts: PromptRow[] = [];
  const bad = new BadRows(source.name);
  for await (const read of rowsOrProblems(source)) {
    const found = readRow(read, limits);
    if (typeof found === 'string') bad.add(read, [found]);
    else prompts.push(found);
  }
  if (bad.count > 0)
    throw bad.error(
      `${bad.count} of ${bad.count + prompts.length} rows hold no prompt`,
      'Nothing was generated. Correct these rows and run the same command again.',
    );
  if (prompts.length === 0)
    throw new UserError(`${source.name}: no prompts`, { exitCode: 5, hint: `A prompt is one line: ${shape}.` });
  return prompts;
}

/** The prompt of a row, or what is wrong with it. */
function readRow(read: ReadRow | BrokenRow, limits: PromptLimits): PromptRow | string {
  if ('problem' in read) return read.problem;
  const { value, unit, line, row } = read;
  const [unclear] = unclearIn(read, readNames);
  if (unclear !== undefined) return describeUnclear(unclear);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `found ${excerpt(value)}; expected ${shape}`;
  const found = promptOf(value as Readonly<Record<string, unknown>>, limits);
  if (typeof found === 'string') return found;
  const place = { unit, number: unit === 'line' ? (line ?? row) : row };
  return { ...found, place, id: writtenNumber(value, 'id') ?? found.id };
}

function promptOf(
  { id = null, prompt, ...others }: Readonly<Record<string, unknown>>,
  limits: PromptLimits,
): (Omit<PromptRow, 'place' | 'id'> & { readonly id: string | number | null }) | string {
  if (id !== null && typeof id !== 'string' && typeof id !== 'number')
    return `id: found ${excerpt(id)}; expected a text or a number`;
  if (prompt === undefined) {
    const found = Object.keys(others).join(', ');
    return `prompt is missing: found ${found === '' ? 'no other field' : `the fields ${found}`}`;
  }
  if (!isPrompt(prompt)) return `prompt: found ${excerpt(prompt)}; expected a text or a list of token ids`;
  const tokens = typeof prompt === 'string' ? encodePrompt(prompt, limits.tokenizer()) : Int32Array.from(prompt);
  return problemOf(tokens, limits) ?? { id, prompt, tokens };
}

function isPrompt(value: unknown): value is string | readonly number[] {
  return typeof value === 'string' || (Array.isArray(value) && value.every((id) => Number.isInteger(id) && id >= 0));
}

function problemOf(tokens: TokenIds, { vocabSize, contextLength }: PromptLimits): string | null {
  if (tokens.length === 0) return 'prompt is empty: expected at least one token';
  const unknown = tokens.find((token) => token >= vocabSize);
  if (unknown !== undefined)
    return `prompt: token id ${unknown}: expected ids below ${vocabSize}, the vocabulary of the model`;
  if (tokens.length < contextLength) return null;
  return `prompt is ${tokens.length} tokens; expected fewer than ${contextLength}, the longest input of the model`;
}

function excerpt(value: unknown): string {
  return cut(JSON.stringify(value) ?? '', 60);
}
