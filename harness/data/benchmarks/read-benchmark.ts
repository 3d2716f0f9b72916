/** A benchmark's file as questions. Nothing is left out in silence: a part of a benchmark is another benchmark. */
import type { z } from 'zod';
import { UserError } from '../../spec/index.ts';
import { addCount } from '../add-count.ts';
import type { Candidate, DropCounts } from '../preference-pair.ts';
import { readSaid } from '../preferences/conversation-row.ts';
import type { ChatReading, Preference, Question } from '../preferences/question.ts';
import { FileRefusal, RowDrop, saidOf } from '../preferences/row-values.ts';
import { BadRows, describeUnclear } from '../row-files/bad-rows.ts';
import type { ReadRow } from '../row-files/read-row.ts';
import { readRows } from '../row-files/row-file.ts';
import { unclearIn } from '../row-files/unclear.ts';
import type { BenchmarkFormat, BenchmarkQuestion, LeftOut } from './benchmark-format.ts';

export interface BenchmarkFile {
  readonly path: string;
  readonly format: BenchmarkFormat;
}

export interface ReadBenchmark {
  readonly questions: readonly Question[];
  /** Rows that the benchmark itself does not count. */
  readonly counts: DropCounts;
}

/** @throws UserError (2) with the first twenty rows that are wrong, each with its line and its fields. */
export async function readBenchmark(files: readonly BenchmarkFile[], chat: ChatReading): Promise<ReadBenchmark> {
  const questions: Question[] = [];
  const counts: Record<string, number> = {};
  const ids = new Map<string, number>();
  for (const file of files)
    for (const { row, question } of await rowsOf(file, chat)) {
      if ('leftOut' in question) addCount(counts, question.leftOut, 1);
      else questions.push({ ...question, id: unused(question.id, ids), row });
    }
  return { questions, counts };
}

interface QuestionRow {
  readonly row: number;
  readonly question: Omit<Question, 'row'> | LeftOut;
}

async function rowsOf({ path, format }: BenchmarkFile, chat: ChatReading): Promise<readonly QuestionRow[]> {
  const read: QuestionRow[] = [];
  const bad = new BadRows(path);
  let rows = 0;
  for await (const row of readRows(path)) {
    rows += 1;
    const problems = problemsOf(row, format);
    const question = problems.length > 0 ? problems : asked(format.question(row.value), row, { path, chat });
    if (Array.isArray(question)) bad.add(row, question);
    else read.push({ row: row.row, question: question as QuestionRow['question'] });
  }
  if (bad.count > 0)
    throw bad.error(`${path}: ${bad.count} of ${rows} rows are not as ${format.name} has them`, hintFor(format));
  if (rows === 0) throw new UserError(`${path}: the file has no rows`, { exitCode: 2, hint: hintFor(format) });
  return read;
}

function hintFor({ name }: BenchmarkFormat): string {
  return `Give the file as ${name} publishes it, as JSONL, JSON or Parquet.`;
}

function problemsOf(read: ReadRow, format: BenchmarkFormat): readonly string[] {
  const { error } = format.row.safeParse(read.value);
  if (error !== undefined) return error.issues.map(issueText);
  const fields = new Set(Object.keys(read.value as object));
  return unclearIn(read, { row: fields, listed: new Map(), handedOn: new Set() }).map(describeUnclear);
}

function issueText({ path, message }: z.core.$ZodIssue): string {
  const field = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `${field.slice(1) || 'row'}: ${message.replace(/^Invalid (?:input|option): /, '')}`;
}

/** The question, or what is wrong with its texts. */
function asked(
  written: BenchmarkQuestion | LeftOut,
  { row, value }: ReadRow,
  { path, chat }: { readonly path: string; readonly chat: ChatReading },
): QuestionRow['question'] | readonly string[] {
  if ('leftOut' in written) return written;
  try {
    return questionOf(written, value as Readonly<Record<string, unknown>>, chat);
  } catch (error) {
    if (error instanceof RowDrop) return [error.message.replace(/^row: /, '')];
    if (!(error instanceof FileRefusal)) throw error;
    throw new UserError(`${path}: row ${row}: ${error.message}`, { exitCode: 2, hint: error.hint });
  }
}

function questionOf(
  { id, subset, group, prompt, responses, pairs, isPool }: BenchmarkQuestion,
  row: Readonly<Record<string, unknown>>,
  chat: ChatReading,
): Omit<Question, 'row'> {
  const named = responses.map(({ text }) => ({ name: 'response', said: saidOf(text, 'response') }));
  const said = readSaid({ row, prompt: saidOf(prompt, 'prompt'), responses: named }, chat);
  const candidates = responses.map(({ isCorrect, source }, index): Candidate => ({
    text: said.responses[index] as string,
    answer: null,
    isCorrect,
    source: source === null ? unknownSource : `${source}/${index}`,
  }));
  return {
    id,
    group: group === null ? null : `benchmark ${group}`,
    ...(subset !== null && { subset }),
    ...said.asked,
    preferences: pairs.map(([better, worse]) => preferenceOf(candidates[better], candidates[worse])),
    candidates: isPool ? candidates : null,
  };
}

/** Two responses of which nobody knows who wrote them are not of one writer. */
const unknownSource = 'benchmark';

function preferenceOf(better: Candidate | undefined, worse: Candidate | undefined): Preference {
  if (better === undefined || worse === undefined) throw new Error('a pair of a benchmark has no such response');
  const isKnown = better.source !== unknownSource && worse.source !== unknownSource;
  const source = isKnown ? `${better.source} vs ${worse.source}` : unknownSource;
  return { chosen: better.text, rejected: worse.text, source };
}

/** A benchmark may give an id twice: `7`, then `7#2`. */
function unused(id: string, ids: Map<string, number>): string {
  const count = (ids.get(id) ?? 0) + 1;
  ids.set(id, count);
  return count === 1 ? id : `${id}#${count}`;
}
