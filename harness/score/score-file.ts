/**
 * A file of rows -> rewards in the order of the file. Read twice: once to check every row, so that nothing is scored
 * of a file with mistakes in it, and once to score it in windows, so that a file may be larger than memory. Rewards do
 * not depend on where a window ends.
 */
import {
  BadRows,
  describeUnclear,
  rowsOrProblems,
  unclearIn,
  writtenNumber,
  type BrokenRow,
  type FitOutcome,
  type ReadNames,
  type ReadRow,
  type RowSource,
} from '../data/index.ts';
import { plural, type WrittenNumber } from '../text/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { ScoredQuestion } from './batches.ts';
import { encodeRow, longestInput } from './encode-row.ts';
import { FitOutcomes, nothingFits } from './fit-outcomes.ts';
import type { ScoredRows } from './reward-model.ts';
import type { ScoreOptions } from './score-responses.ts';
import type { FittedRow, TextEncoder } from './text-encoder.ts';
import { parseRow, rowFields, type ScoreRow } from './parse-row.ts';

export interface CheckedInput extends RowSource {
  readonly rows: number;
  readonly responses: number;
  readonly longest: number;
  /** What a reader of the rewards should know about the rows. */
  readonly notes: readonly string[];
}

/** As it was written: a number may have more digits than JavaScript keeps. */
export type RowId = string | number | WrittenNumber | null;

export interface RowRewards {
  /** The line in JSONL; the number of the row in a list or in Parquet. */
  readonly place: { readonly unit: ReadRow['unit']; readonly number: number };
  readonly id: RowId;
  readonly row: ScoreRow;
  readonly rewards: Float32Array;
  /** Tokens of each response, its end token included. */
  readonly lengths: readonly number[];
}

const windowTokens = 2 ** 18;
const windowRows = 4096;

/** Throws UserError: exit 2 with the first 20 bad rows, exit 5 for a file without rows. */
export async function checkInput(input: RowSource, scored: ScoredRows): Promise<CheckedInput> {
  const check = new InputCheck(input.name);
  for await (const read of rowsOrProblems(input)) check.add(read, encodedRow(read, scored));
  const { bad, rows, responses, longest, texts, outcomes } = check;
  if (bad.count > 0) throw bad.error(`${bad.count} of ${rows} rows cannot be scored`, hintFor(bad.problems));
  if (rows === 0)
    throw new UserError(`${input.name}: no rows`, {
      exitCode: 5,
      hint: 'A row is one line: {"prompt": "...", "response": "..."}.',
    });
  if (responses === 0) throw nothingFits(input.name, scored, rows);
  const notes = [...textNotes(texts, scored.encoder), ...outcomes.notes()];
  return { ...input, rows, responses, longest, notes };
}

/** Texts scored as they stand by a model that knows chats: nothing else would tell why its rewards look odd. */
function textNotes(texts: number, encoder: TextEncoder): readonly string[] {
  const { template, texts: areTurns } = encoder.chat;
  if (texts === 0 || areTurns || encoder.kind === 'own' || encoder.template !== null || template() === null) return [];
  return [
    `${plural(texts, 'row')} of texts scored as they stand, without the chat template of the model; ` +
      '--chat makes turns of them',
  ];
}

/** What is counted as the rows of a file are checked. */
class InputCheck {
  rows = 0;
  responses = 0;
  longest = 0;
  /** Rows with texts, not messages. */
  texts = 0;
  /** What became of each row that can be scored, or is left out. */
  readonly outcomes = new FitOutcomes();
  readonly bad: BadRows;

  constructor(name: string) {
    this.bad = new BadRows(name);
  }

  add(read: ReadRow | BrokenRow, found: EncodedRow): void {
    this.rows += 1;
    if ('problems' in found) this.bad.add(read, found.problems);
    else if ('leftOut' in found) this.outcomes.add(found.leftOut);
    else this.#addRow(found);
  }

  #addRow({ row, outcome, question: { prompt, responses } }: WindowRow): void {
    this.outcomes.add(outcome);
    if (row.responses.some((response) => typeof response === 'string')) this.texts += 1;
    this.responses += responses.length;
    for (const response of responses) this.longest = Math.max(this.longest, prompt.length + response.length);
  }
}

/** Rewards of every question's responses, in input order, by whatever program computes them. */
export type RowScorer = (
  questions: readonly ScoredQuestion[],
  options: ScoreOptions,
) => Promise<readonly Float32Array[]>;

/** @throws UserError (4) where the file changed after it was checked. */
export async function* scoreInput(
  input: RowSource,
  scored: ScoredRows,
  score: RowScorer,
  options: ScoreOptions = {},
): AsyncGenerator<RowRewards> {
  for await (const rows of windowsOf(input, scored)) yield* await scoreWindow(rows, score, options);
}

/** The rows of the file, as many at a time as are scored together. */
async function* windowsOf(input: RowSource, scored: ScoredRows): AsyncGenerator<readonly WindowRow[]> {
  let rows: WindowRow[] = [];
  let tokens = 0;
  for await (const read of rowsOrProblems(input)) {
    const row = unchangedRow(input, encodedRow(read, scored));
    if (row === null) continue;
    rows.push(row);
    tokens += tokensOf(row.question);
    if (rows.length < windowRows && tokens < windowTokens) continue;
    yield rows;
    [rows, tokens] = [[], 0];
  }
  if (rows.length > 0) yield rows;
}

function tokensOf({ prompt, responses }: ScoredQuestion): number {
  return responses.reduce((sum, response) => sum + response.length, prompt.length);
}

interface WindowRow extends Omit<RowRewards, 'rewards' | 'lengths'> {
  readonly question: ScoredQuestion;
  readonly outcome: FitOutcome;
}

/** null where the row is left out. */
function unchangedRow({ name }: RowSource, found: EncodedRow): WindowRow | null {
  if ('leftOut' in found) return null;
  if ('problems' in found)
    throw new UserError(`${name}: the file changed while it was scored`, {
      exitCode: 4,
      hint: 'Run the same command again.',
    });
  return found;
}

async function scoreWindow(
  rows: readonly WindowRow[],
  score: RowScorer,
  options: ScoreOptions,
): Promise<readonly RowRewards[]> {
  const questions = rows.map(({ question }) => question);
  const rewards = await score(questions, options);
  return rows.map(({ place, id, row, question }, index) => ({
    place,
    id,
    row,
    rewards: rewards[index] as Float32Array,
    lengths: question.responses.map((response) => response.length),
  }));
}

type EncodedRow = WindowRow | Exclude<FittedRow, { readonly question: ScoredQuestion }>;

const readNames: ReadNames = {
  row: new Set(rowFields),
  listed: new Map([['candidates', new Set(['text'])]]),
  handedOn: new Set(['id']),
};

function encodedRow(read: ReadRow | BrokenRow, { encoder, model, overLength }: ScoredRows): EncodedRow {
  if ('problem' in read) return { problems: [read.problem] };
  const unclear = unclearIn(read, readNames);
  if (unclear.length > 0) return { problems: unclear.map(describeUnclear) };
  const parsed = parseRow(read.line === null ? withoutNulls(read.value) : read.value);
  if ('problems' in parsed) return parsed;
  const encoded = encodeRow(parsed.row, encoder, { ...model, overLength });
  if (!('question' in encoded)) return encoded;
  const id = writtenNumber(read.value as object, 'id') ?? parsed.row.id;
  const number = read.unit === 'line' ? (read.line ?? read.row) : read.row;
  return { place: { unit: read.unit, number }, id, row: parsed.row, ...encoded };
}

/** A column of Parquet is there for every row. */
function withoutNulls(value: unknown): unknown {
  return Object.fromEntries(Object.entries(value as object).filter(([, field]) => field !== null));
}

function hintFor(problems: readonly string[]): string {
  const isLong = problems.some((problem) => problem.includes(longestInput));
  return isLong
    ? 'Nothing was scored. Rows are not cut by themselves, since a cut answer is another answer: shorten the long ' +
        'ones, or say what becomes of them with --over-length.'
    : 'Nothing was scored. Correct these rows and run the same command again.';
}
