/**
 * A file of rows -> rewards in the order of the file. Read twice: once to check every line, so that nothing is scored
 * of a file with mistakes in it, and once to score it in windows, so that a file may be larger than memory. Rewards do
 * not depend on where a window ends.
 */
import { createReadStream, type ReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { forLengths } from '../model/index.ts';
import { UserError } from '../spec/user-error.ts';
import type { ScoredQuestion } from './batches.ts';
import { encodeRow } from './encode-row.ts';
import type { ScoredModel } from './reward-model.ts';
import { scoreResponses, type RewardModel, type ScoreOptions, type SessionSource } from './score-responses.ts';
import { parseRow, type ScoreRow } from './parse-row.ts';

/** `name` is what messages call the file. */
export interface ScoreInput {
  readonly path: string;
  readonly name: string;
}

export interface CheckedInput extends ScoreInput {
  readonly rows: number;
  readonly responses: number;
  readonly longest: number;
}

export interface RowRewards {
  readonly line: number;
  readonly row: ScoreRow;
  readonly rewards: Float32Array;
}

const shownProblems = 20;
const windowTokens = 2 ** 18;
const windowRows = 4096;

/** Throws UserError: exit 2 with the first 20 bad lines, exit 5 for a file without rows. */
export async function checkInput(input: ScoreInput, scored: ScoredModel): Promise<CheckedInput> {
  const check = new InputCheck();
  for await (const { line, text } of linesOf(input)) check.add(line, encodedLine(text, scored));
  const { bad, rows, responses, longest } = check;
  if (bad.length > 0) throw badRows(input, bad, rows);
  if (rows === 0)
    throw new UserError(`${input.name}: no rows`, {
      exitCode: 5,
      hint: 'A row is one line: {"prompt": "...", "response": "..."}.',
    });
  return { ...input, rows, responses, longest };
}

interface BadLine {
  readonly line: number;
  readonly problems: readonly string[];
}

/** What is counted as the lines of a file are checked. */
class InputCheck {
  rows = 0;
  responses = 0;
  longest = 0;
  readonly bad: BadLine[] = [];

  add(line: number, found: EncodedLine): void {
    this.rows += 1;
    if ('problems' in found) this.#addBad(line, found.problems);
    else this.#addQuestion(found.question);
  }

  /** Of the lines after the first ones only the number is reported. */
  #addBad(line: number, problems: readonly string[]): void {
    this.bad.push({ line, problems: this.bad.length < shownProblems ? problems : [] });
  }

  #addQuestion({ prompt, responses }: ScoredQuestion): void {
    this.responses += responses.length;
    for (const response of responses) this.longest = Math.max(this.longest, prompt.length + response.length);
  }
}

function badRows({ name }: ScoreInput, bad: readonly BadLine[], rows: number): UserError {
  const problems = bad.flatMap(({ line, problems: all }) => all.map((problem) => `${name}:${line}: ${problem}`));
  const more = bad.length - shownProblems;
  return new UserError(
    [`${bad.length} of ${rows} rows cannot be scored`, ...problems, ...(more > 0 ? [`... and ${more} more`] : [])].join(
      '\n  ',
    ),
    { exitCode: 2, hint: hintFor(problems) },
  );
}

/** Throws UserError (exit 4) where the file changed after it was checked. */
export async function* scoreInput(
  input: CheckedInput,
  scored: ScoredModel,
  sessions: SessionSource,
  options: ScoreOptions = {},
): AsyncGenerator<RowRewards> {
  const reward = { ...scored, model: forLengths(scored.model, input.longest), sessions };
  for await (const rows of windowsOf(input, scored)) yield* await scoreWindow(rows, reward, options);
}

/** The rows of the file, as many at a time as are scored together. */
async function* windowsOf(input: ScoreInput, scored: ScoredModel): AsyncGenerator<readonly WindowRow[]> {
  let rows: WindowRow[] = [];
  let tokens = 0;
  for await (const { line, text } of linesOf(input)) {
    const row = unchangedRow(input, line, encodedLine(text, scored));
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

interface WindowRow {
  readonly line: number;
  readonly row: ScoreRow;
  readonly question: ScoredQuestion;
}

function unchangedRow({ name }: ScoreInput, line: number, found: EncodedLine): WindowRow {
  if ('problems' in found)
    throw new UserError(`${name}:${line}: the file changed while it was scored`, {
      exitCode: 4,
      hint: 'Run the same command again.',
    });
  return { line, ...found };
}

async function scoreWindow(
  rows: readonly WindowRow[],
  reward: RewardModel,
  options: ScoreOptions,
): Promise<readonly RowRewards[]> {
  const questions = rows.map(({ question }) => question);
  const rewards = await scoreResponses(reward, questions, options);
  return rows.map(({ line, row }, index) => ({ line, row, rewards: rewards[index] as Float32Array }));
}

type EncodedLine = Omit<WindowRow, 'line'> | { readonly problems: readonly string[] };

function encodedLine(text: string, { encoder, model }: ScoredModel): EncodedLine {
  const parsed = parseRow(text);
  if ('problems' in parsed) return parsed;
  const encoded = encodeRow(parsed.row, encoder, model);
  return 'problems' in encoded ? encoded : { row: parsed.row, question: encoded.question };
}

/** Lines that hold something, with their numbers in the file. */
async function* linesOf({ path, name }: ScoreInput): AsyncGenerator<{ readonly line: number; readonly text: string }> {
  const stream = createReadStream(path, 'utf8');
  const failure = failureOf(stream, name);
  const lines = createInterface({ input: stream, crlfDelay: Infinity })[Symbol.asyncIterator]();
  for (let line = 1; ; line++) {
    const next = await Promise.race([lines.next(), failure]);
    if (next.done === true) return;
    const text = line === 1 ? next.value.replace(/^\uFEFF/, '') : next.value;
    if (text.trim() !== '') yield { line, text };
  }
}

/** Rejects where the stream cannot be read: it says so only as an event, which its lines never see. */
function failureOf(stream: ReadStream, name: string): Promise<never> {
  const failure = new Promise<never>((_, reject) => stream.once('error', (cause) => reject(unreadable(name, cause))));
  failure.catch(() => undefined);
  return failure;
}

function unreadable(name: string, cause: Error): UserError {
  return new UserError(`${name}: cannot be read: ${cause.message}`, {
    exitCode: 2,
    hint: 'Give a JSONL file, or - for the standard input.',
    cause,
  });
}

function hintFor(problems: readonly string[]): string {
  const isLong = problems.some((problem) => problem.includes('the context of the model'));
  return isLong
    ? 'Nothing was scored. Rows are never cut, since a cut answer is another answer: ' +
        'shorten or leave out the long ones.'
    : 'Nothing was scored. Correct these lines and run the same command again.';
}
