/** Everything that is wrong with the rows of a file, told at once: the first twenty rows in full. */
import { UserError } from '../../spec/user-error.ts';
import type { BrokenRow, ReadRow } from './read-row.ts';
import { placeOf } from './row-file.ts';
import type { Unclear } from './unclear.ts';

const shownRows = 20;

export class BadRows {
  count = 0;
  /** Of the rows that are shown. */
  readonly problems: string[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  add(row: ReadRow | BrokenRow, problems: readonly string[]): void {
    this.count += 1;
    if (this.count > shownRows) return;
    const place = 'problem' in row ? `${this.#name}:${row.line}:${row.column}` : placeOf(this.#name, row);
    this.problems.push(...problems.map((problem) => `${place}: ${problem}`));
  }

  /** @param what As in `3 of 12 rows cannot be scored`. */
  error(what: string, hint: string): UserError {
    const more = this.count - shownRows;
    const lines = [what, ...this.problems, ...(more > 0 ? [`... and ${more} more`] : [])];
    return new UserError(lines.join('\n  '), { exitCode: 2, hint });
  }
}

/** What is unclear, in words, with its place where it has one. */
export function describeUnclear({ kind, path, text, line, column }: Unclear): string {
  const place = line === null ? '' : ` at line ${line}, column ${column}`;
  if (kind === 'repeated') return `${path}: found a second time${place}; expected one value`;
  if (kind === 'notFinite') return `${path}: found ${text}${place}; JSON has no such number`;
  return `${path}: found half of a surrogate pair, ${text}; no tokenizer can read it`;
}
