/**
 * Many rows whose texts repeat: metrics and items. They go to DuckDB as numbers, each text goes once, and a join puts
 * them together. Appending the texts row by row took eight times as long, and a missing value as NULL five times as
 * long as a number that stands for it.
 */
import { DuckDBDataChunk } from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { createTable, type TableName } from './tables.ts';
import { CHUNK_ROWS, TableWriter, appenderTypes } from './write-rows.ts';

/** Texts of one collect, numbered from 0. The number of a missing text is -1. */
export class Words {
  readonly #connection: DuckDBConnection;
  readonly #codes = new Map<string, number>();
  #writer: TableWriter<'words'>;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#writer = new TableWriter(connection, 'words');
  }

  codeOf(word: string | null): number {
    if (word === null) return -1;
    const known = this.#codes.get(word);
    if (known !== undefined) return known;
    const code = this.#codes.size;
    this.#codes.set(word, code);
    this.#writer.add({ code, word });
    return code;
  }

  /** Makes the table `words` of this connection. */
  async write(): Promise<void> {
    await this.#connection.run(createTable('words'));
    await this.#writer.flush();
  }
}

/** Rows of numbers for a temporary table, appended in full chunks. */
export class NumberRows {
  readonly #connection: DuckDBConnection;
  readonly #table: TableName;
  readonly #chunk: DuckDBDataChunk;
  readonly #columns: number[][];
  #rows = 0;
  #appender: DuckDBAppender | null = null;

  constructor(connection: DuckDBConnection, table: TableName) {
    const types = appenderTypes(table);
    this.#connection = connection;
    this.#table = table;
    this.#chunk = DuckDBDataChunk.create(types);
    this.#columns = types.map(() => []);
  }

  /** Whether a chunk is full, and `append` is to be called. @param values In the order of the columns. */
  add(values: readonly number[]): boolean {
    for (const [index, column] of this.#columns.entries()) column[this.#rows] = values[index] as number;
    this.#rows += 1;
    return this.#rows === CHUNK_ROWS;
  }

  /** Whether there is a table: not without a row. */
  async close(): Promise<boolean> {
    if (this.#rows > 0) await this.append();
    this.#appender?.closeSync();
    return this.#appender !== null;
  }

  /** Empties the chunk into the table. */
  async append(): Promise<void> {
    this.#appender ??= await this.#open();
    this.#chunk.reset();
    this.#chunk.rowCount = this.#rows;
    for (const [index, column] of this.#columns.entries()) {
      column.length = this.#rows;
      this.#chunk.setColumnValues(index, column);
    }
    this.#appender.appendDataChunk(this.#chunk);
    this.#rows = 0;
  }

  async #open(): Promise<DuckDBAppender> {
    await this.#connection.run(createTable(this.#table));
    return this.#connection.createAppender(this.#table);
  }
}
