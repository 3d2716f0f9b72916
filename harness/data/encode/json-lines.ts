/** Rows of text as JSON lines: pairs, questions and corpus functions that a person can open and read. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Completion } from '../completion.ts';
import type { CorpusFunction, PromptedFunction } from '../corpus/corpus-function.ts';
import type { CandidateQuestion, PreferencePair } from '../preference-pair.ts';
import type { Rows, StoredRows } from '../rows.ts';
import { damaged, parseRow, storedRows, unreadable, writeRows } from '../storage/line-file.ts';

/** One JSON object a line, in the given order; replaces the file. */
export function writePairs(path: string, pairs: Iterable<PreferencePair>): void {
  writeLines(path, pairs);
}

/** Throws `UserError` (exit 4) naming file and line where the file is missing, cut off or holds something else. */
export function readPairs(path: string): PreferencePair[] {
  return readLines(path, isPair);
}

export function writeQuestions(path: string, questions: Iterable<CandidateQuestion>): void {
  writeLines(path, questions);
}

export function readQuestions(path: string): CandidateQuestion[] {
  return readLines(path, isQuestion);
}

/** One function a line, with or without its prompt. Returns their number. */
export function writeFunctions(path: string, functions: Rows<CorpusFunction>): Promise<number> {
  return writeRows(path, functions);
}

/** @throws UserError (4) as `readPairs` does; for a damaged row when it is reached. */
export function storedFunctions(path: string): StoredRows<CorpusFunction> {
  return storedRows(path, isFunction);
}

/** Functions with their prompts. */
export function storedPrompted(path: string): StoredRows<PromptedFunction> {
  return storedRows(path, isPrompted);
}

/** What a model wrote for functions, in their order. */
export function storedCompletions(path: string): StoredRows<Completion> {
  return storedRows(path, isCompletion);
}

/** All at once, for files that are known to be small. */
export function readFunctions(path: string): CorpusFunction[] {
  return readLines(path, isFunction);
}

function writeLines(path: string, rows: Iterable<object>): void {
  const file = openSync(path, 'w');
  try {
    let lines: string[] = [];
    for (const row of rows) {
      if (lines.push(JSON.stringify(row)) < 4096) continue;
      writeSync(file, `${lines.join('\n')}\n`);
      lines = [];
    }
    if (lines.length > 0) writeSync(file, `${lines.join('\n')}\n`);
  } finally {
    closeSync(file);
  }
}

function readLines<Row>(path: string, isRow: (value: unknown) => value is Row): Row[] {
  const text = readText(path);
  if (text !== '' && !text.endsWith('\n')) throw damaged(path, text.split('\n').length, 'the last line is cut off');
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => parseRow(path, index + 1, line, isRow));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function hasStrings<Key extends string>(value: unknown, keys: readonly Key[]): value is Record<Key, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    keys.every((key) => typeof (value as Record<string, unknown>)[key] === 'string')
  );
}

export function isPair(value: unknown): value is PreferencePair {
  return (
    hasStrings(value, ['id', 'group', 'prompt', 'chosen', 'rejected', 'source']) &&
    'edits' in value &&
    Array.isArray(value.edits) &&
    (!('margin' in value) || typeof value.margin === 'number')
  );
}

function isQuestion(value: unknown): value is CandidateQuestion {
  return (
    hasStrings(value, ['id', 'group', 'prompt']) &&
    'candidates' in value &&
    Array.isArray(value.candidates) &&
    value.candidates.every((candidate) => hasStrings(candidate, ['text', 'source']))
  );
}

function isFunction(value: unknown): value is CorpusFunction {
  return (
    hasStrings(value, ['id', 'package', 'file', 'language', 'signature', 'body']) &&
    'line' in value &&
    typeof value.line === 'number' &&
    'description' in value &&
    (value.description === null || typeof value.description === 'string')
  );
}

function isCompletion(value: unknown): value is Completion {
  return hasStrings(value, ['id', 'text', 'finish']) && 'sample' in value && typeof value.sample === 'number';
}

function isPrompted(value: unknown): value is PromptedFunction {
  return isFunction(value) && hasStrings(value, ['prompt']);
}
