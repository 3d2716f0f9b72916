/** Rows of text as JSON lines: pairs, questions and corpus functions that a person can open and read. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { UserError } from '../../spec/user-error.ts';
import type { CorpusFunction } from '../corpus/corpus-function.ts';
import type { CandidateQuestion, PreferencePair } from '../preference-pair.ts';

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

export function writeFunctions(path: string, functions: Iterable<CorpusFunction>): void {
  writeLines(path, functions);
}

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
  return lines.map((line, index) => {
    const value = parseLine(path, index + 1, line);
    if (!isRow(value)) throw damaged(path, index + 1, 'the fields are not those of this kind of file');
    return value;
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UserError(`${path}: cannot be read (${cause instanceof Error ? cause.message : String(cause)})`, {
      exitCode: 4,
      hint: 'Run the same command again: missing outputs are made anew.',
      cause,
    });
  }
}

function parseLine(path: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(path, line, 'not a JSON object', cause);
  }
}

function damaged(path: string, line: number, what: string, cause?: unknown): UserError {
  return new UserError(`${path}:${line}: ${what}`, {
    exitCode: 4,
    hint: 'Remove the folder of this file and run the same command again.',
    cause,
  });
}

function hasStrings<Key extends string>(value: unknown, keys: readonly Key[]): value is Record<Key, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    keys.every((key) => typeof (value as Record<string, unknown>)[key] === 'string')
  );
}

function isPair(value: unknown): value is PreferencePair {
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
    typeof value.line === 'number'
  );
}
