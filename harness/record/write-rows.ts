/**
 * Bulk writing: rows go through DuckDB's appender one chunk of 2048 at a time (single INSERTs cost 0.5 ms each, the
 * chunks about 2 us a row).
 */
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBTimestampValue,
  INTEGER,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';

const CHUNK_ROWS = 2048;

export type Cell = string | number | boolean | null;
type ColumnType = 'text' | 'integer' | 'bigint' | 'double' | 'boolean' | 'timestamp';

const types: Readonly<Record<ColumnType, DuckDBType>> = {
  text: VARCHAR,
  integer: INTEGER,
  bigint: BIGINT,
  double: DOUBLE,
  boolean: BOOLEAN,
  timestamp: TIMESTAMP,
};

/** Column types of each table, in the order of its columns (JSON is text to the appender). */
export const tableColumns = {
  experiments: ['text', 'text', 'text', 'integer', 'integer', 'integer', 'text'],
  planned_stages: ['text', 'text', 'text', 'integer', 'bigint', 'bigint', 'bigint', 'bigint', 'double'],
  stages: [
    'text',
    'text',
    'text',
    'text',
    'text',
    'text',
    'text',
    'integer',
    'bigint',
    'bigint',
    'bigint',
    'bigint',
    'double',
  ],
  runs: [
    'text',
    'integer',
    'timestamp',
    'timestamp',
    'bigint',
    'text',
    'text',
    'text',
    'text',
    'text',
    'boolean',
    'bigint',
  ],
  trials: [
    'text',
    'text',
    'bigint',
    'text',
    'text',
    'text',
    'bigint',
    'bigint',
    'text',
    'bigint',
    'text',
    'text',
    'text',
    'text',
    'integer',
  ],
  trial_stages: ['text', 'text', 'text', 'text', 'integer'],
  metrics: ['text', 'integer', 'bigint', 'text', 'double'],
  item_words: ['integer', 'text'],
  trial_outcomes: ['text', 'text', 'text', 'text'],
  collected: ['text', 'text', 'text', 'text'],
} as const satisfies Readonly<Record<string, readonly ColumnType[]>>;

export type TableName = keyof typeof tableColumns;

/** Takes rows for one table; `flush` appends what was taken, in chunks. */
export class TableWriter {
  readonly #connection: DuckDBConnection;
  readonly #table: TableName;
  readonly #columns: Cell[][];

  constructor(connection: DuckDBConnection, table: TableName) {
    this.#connection = connection;
    this.#table = table;
    this.#columns = tableColumns[table].map(() => []);
  }

  get rows(): number {
    return this.#columns[0]?.length ?? 0;
  }

  addRow(row: readonly Cell[]): void {
    if (row.length !== this.#columns.length)
      throw new RangeError(`${this.#table} has ${this.#columns.length} columns, the row ${row.length}`);
    this.#columns.forEach((column, index) => column.push(row[index] ?? null));
  }

  async flush(): Promise<void> {
    if (this.rows === 0) return;
    const kinds: readonly ColumnType[] = tableColumns[this.#table];
    const appender = await this.#connection.createAppender(this.#table);
    const chunk = DuckDBDataChunk.create(kinds.map((kind) => types[kind]));
    for (let start = 0; start < this.rows; start += CHUNK_ROWS) {
      chunk.reset();
      chunk.rowCount = Math.min(CHUNK_ROWS, this.rows - start);
      kinds.forEach((kind, index) =>
        chunk.setColumnValues(index, convert((this.#columns[index] ?? []).slice(start, start + CHUNK_ROWS), kind)),
      );
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    for (const column of this.#columns) column.length = 0;
  }
}

function convert(cells: readonly Cell[], kind: ColumnType): readonly DuckDBValue[] {
  if (kind === 'bigint') return cells.map((cell) => (cell === null ? null : BigInt(Math.trunc(Number(cell)))));
  return kind === 'timestamp' ? cells.map(timestampOf) : cells;
}

/** ISO text -> UTC timestamp; a text that is no time is a missing value. */
function timestampOf(cell: Cell): DuckDBTimestampValue | null {
  const milliseconds = typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
  return Number.isNaN(milliseconds) ? null : new DuckDBTimestampValue(BigInt(milliseconds) * 1000n);
}
