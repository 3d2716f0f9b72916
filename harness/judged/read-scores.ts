/** A file of scores -> its rows, each with its place. Every row is read before anything is said of them. */
import {
  BadRows,
  describeUnclear,
  placeOf,
  rowsOrProblems,
  type BrokenRow,
  type ReadRow,
  type RowSource,
} from '../data/index.ts';
import { UserError } from '../spec/user-error.ts';
import { formatOfRow, scoreFormats } from './formats/formats.ts';
import { rowsOfColumns } from './formats/plain.ts';
import type { Fields, ReadOptions, ScoreFormat, ScoreRow } from './formats/score-format.ts';
import { isObject, nameOf } from './formats/values.ts';

export interface PlacedRow extends ScoreRow {
  /** `scores.jsonl:12`. */
  readonly place: string;
}

export interface ScoreFile {
  readonly format: string;
  readonly rows: readonly PlacedRow[];
}

export interface ScoreFileOptions extends ReadOptions {
  /** null = the one that the first row looks like. */
  readonly format: string | null;
}

/** @throws UserError (2) with the first twenty rows that cannot be read; (5) for a file without rows. */
export async function readScores(source: RowSource, options: ScoreFileOptions): Promise<ScoreFile> {
  const reader = new ScoreReader(source.name, options);
  for await (const read of rowsOrProblems(source)) reader.add(read);
  return reader.finish();
}

class ScoreReader {
  readonly #name: string;
  readonly #options: ScoreFileOptions;
  readonly #bad: BadRows;
  readonly #rows: PlacedRow[] = [];
  #format: ScoreFormat | null;
  #count = 0;

  constructor(name: string, options: ScoreFileOptions) {
    this.#name = name;
    this.#options = options;
    this.#bad = new BadRows(name);
    this.#format = options.format === null ? null : formatNamed(options.format);
  }

  add(read: ReadRow | BrokenRow): void {
    this.#count += 1;
    const problems = 'problem' in read ? [read.problem] : this.#problemsOf(read);
    if (problems.length > 0) this.#bad.add(read, problems);
  }

  #problemsOf(read: ReadRow): readonly string[] {
    const { value } = read;
    const twice = read.oddities.filter(({ kind }) => kind === 'repeated').map(describeUnclear);
    if (twice.length > 0) return twice;
    if (!isObject(value)) return [`found ${nameOf(value)}; expected an object with an id and scores`];
    const columns = rowsOfColumns(value);
    if (columns === null) return this.#read(value, placeOf(this.#name, read));
    return columns.flatMap((fields, row) => this.#read(fields, `${this.#name}: entry ${row + 1}`));
  }

  #read(fields: Fields, place: string): readonly string[] {
    this.#format ??= formatOfRow(fields);
    const parsed = this.#format.read(fields, this.#options);
    if ('problems' in parsed) return parsed.problems;
    this.#rows.push({ ...parsed.row, place });
    return [];
  }

  finish(): ScoreFile {
    if (this.#bad.count > 0)
      throw this.#bad.error(
        `${this.#bad.count} of ${this.#count} rows of ${this.#name} hold no scores that can be read`,
        `Read as ${this.#format?.name ?? 'rows'}; --format names another format, and docs/scores.md shows them.`,
      );
    if (this.#rows.length === 0)
      throw new UserError(`${this.#name}: no rows`, {
        exitCode: 5,
        hint: 'A row is one line: {"id": "...", "chosen": 1.5, "rejected": 0.2}.',
      });
    return { format: this.#format?.name ?? 'plain', rows: this.#rows };
  }
}

function formatNamed(name: string): ScoreFormat {
  const format = scoreFormats.find((one) => one.name === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
}
