/**
 * Many rows whose texts repeat: metrics and items. They are numbers from the reader to DuckDB, each text goes once, and
 * a join puts them together. Appending the texts row by row took eight times as long, and a missing value as NULL five
 * times as long as a number that stands for it.
 */
import { columnsOf, type TableName } from './tables.ts';

/** Rows of numbers by column, in the order of their table. They can go to another thread. */
export interface NumberTable {
  readonly rows: number;
  readonly columns: readonly ArrayLike<number>[];
}

/** Texts and their numbers. */
export interface WordTable {
  readonly codes: readonly number[];
  readonly words: readonly string[];
}

/** Collects the rows of a table of numbers. */
export class NumberColumns implements NumberTable {
  readonly columns: number[][];
  rows = 0;

  constructor(table: TableName) {
    this.columns = columnsOf(table).map(() => []);
  }

  /** @param values In the order of the columns. */
  add(values: readonly number[]): void {
    for (const [index, column] of this.columns.entries()) column.push(values[index] as number);
    this.rows += 1;
  }
}

/** The number of a missing text. */
const noWord = -1;

/**
 * Numbers texts: `first`, then every `step`-th, so that several readers never give two texts one number. One text may
 * have a number of each reader.
 */
export class WordCodes {
  readonly #step: number;
  readonly #codes = new Map<string, number>();
  #next: number;
  #added: { readonly codes: number[]; readonly words: string[] } = { codes: [], words: [] };

  constructor(first = 0, step = 1) {
    this.#next = first;
    this.#step = step;
  }

  codeOf(word: string | null): number {
    if (word === null) return noWord;
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    const code = this.#next;
    this.#next += this.#step;
    this.#codes.set(word, code);
    this.#added.codes.push(code);
    this.#added.words.push(word);
    return code;
  }

  /** The texts that were numbered since the last time. */
  takeAdded(): WordTable {
    const added = this.#added;
    this.#added = { codes: [], words: [] };
    return added;
  }
}
