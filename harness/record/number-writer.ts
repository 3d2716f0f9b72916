/** Appends rows of numbers (coded-rows.ts) to a temporary table, in full chunks. */
import { DuckDBDataChunk } from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { NumberTable } from './coded-rows.ts';
import { createTable, type TableName } from './tables.ts';
import { CHUNK_ROWS, appenderTypes } from './write-rows.ts';

export class NumberWriter {
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

  async add({ rows, columns }: NumberTable): Promise<void> {
    for (let from = 0; from < rows;) {
      const count = Math.min(rows - from, CHUNK_ROWS - this.#rows);
      for (const [index, column] of this.#columns.entries())
        for (let row = 0; row < count; row++) column[this.#rows + row] = columns[index]?.[from + row] as number;
      this.#rows += count;
      from += count;
      if (this.#rows === CHUNK_ROWS) await this.#append();
    }
  }

  /** Whether there is a table: not without a row. */
  async close(): Promise<boolean> {
    if (this.#rows > 0) await this.#append();
    this.#appender?.closeSync();
    return this.#appender !== null;
  }

  async #append(): Promise<void> {
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
