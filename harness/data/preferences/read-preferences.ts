/** A user's file as questions, with every row that cannot be used counted by reason. */
import { UserError } from '../../spec/index.ts';
import { Drops } from './drops.ts';
import { Columns, isRow, requireFields } from './fields.ts';
import { keptPreferences, type PreferenceOptions, type Question } from './question.ts';
import { readRow } from './read-row.ts';
import { FileRefusal, RowDrop } from './row-values.ts';
import { unclearField } from './unclear-fields.ts';
import { readRows } from '../row-files/row-file.ts';

interface PreferenceFile {
  readonly path: string;
  /** What the file is to the experiment; ids begin with it. */
  readonly role: string;
  /** The section that names it, for messages. */
  readonly section: string;
}

export interface ReadFile {
  readonly path: string;
  readonly columns: Columns;
  readonly questions: readonly Question[];
  readonly drops: Drops;
}

/**
 * @param seen Keys of pairs that were read before and are not to come again.
 * @throws UserError (2) for a file that cannot be used, or of which nothing is left.
 */
export async function readPreferences(
  file: PreferenceFile,
  options: PreferenceOptions,
  seen: Set<string> = new Set(),
): Promise<ReadFile> {
  const columns = new Columns();
  const drops = new Drops();
  const questions: Question[] = [];
  let rows = 0;
  for await (const read of readRows(file.path)) {
    const { row, value } = read;
    rows = row;
    if (isRow(value)) columns.see(value, options.fields);
    const unclear = unclearField(read, options.fields);
    if (unclear !== null) {
      drops.add(unclear, row);
      continue;
    }
    const question = questionOf(value, { row, file, options, drops, seen });
    if (question !== null) questions.push(question);
  }
  const read = { path: file.path, columns, questions, drops };
  if (questions.some(({ preferences }) => preferences.length > 0)) return read;
  if (rows > 0) requireFields(options.fields, [read], file.section);
  throw nothingLeft(file, rows, read);
}

/** One line for people, where anything was left out of a file. */
export function noteDrops({ path, drops }: ReadFile, note: (text: string) => void): void {
  const text = String(drops);
  if (text !== '') note(`${path}: left out: ${text}`);
}

interface Reading {
  readonly row: number;
  readonly file: PreferenceFile;
  readonly options: PreferenceOptions;
  readonly drops: Drops;
  readonly seen: Set<string>;
}

/** With the preferences that count; null for a row of which nothing is left. */
function questionOf(value: unknown, reading: Reading): Question | null {
  const question = writtenQuestion(value, reading);
  if (question === null) return null;
  const { row, options, drops } = reading;
  const preferences = keptPreferences(question, options, reading);
  if (question.preferences.length === 0) drops.add('question: no candidate is better than another', row);
  // Without a pair it is still a question for best-of-N.
  return preferences.length > 0 || question.candidates !== null ? { ...question, preferences } : null;
}

function writtenQuestion(value: unknown, { row, file, options, drops }: Reading): Question | null {
  try {
    return readRow(value, options, { id: `${file.role}-${row}`, row });
  } catch (error) {
    if (error instanceof FileRefusal)
      throw new UserError(`${file.path}: row ${row}: ${error.message}`, { exitCode: 2, hint: error.hint });
    if (!(error instanceof RowDrop)) throw error;
    drops.add(error.message, row);
    return null;
  }
}

function nothingLeft({ path, section }: PreferenceFile, rows: number, { drops, columns }: ReadFile): UserError {
  const why = rows === 0 ? 'the file has no rows' : `none of its ${rows} rows gives a pair: ${String(drops)}`;
  return new UserError(`${path}: ${why}`, {
    exitCode: 2,
    hint:
      `Rows need prompt, chosen and rejected, or prompt and candidates; its columns are: ${String(columns)}. ` +
      `Other names go into ${section}.fields.`,
  });
}
