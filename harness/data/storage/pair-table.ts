/** Pairs as text: rows of a DuckDB table on their way into a Parquet file, and back. */
import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { PreferencePair } from '../preference-pair.ts';
import { openDuckDb, quoted, type DuckDb } from './duck-db.ts';

/** As many rows as a chunk of DuckDB holds. */
const chunkRows = 2048;
/** Rows that are compressed together. */
const rowGroupRows = 8192;

/** The columns of the files, in their order. */
const columns = [
  ['id', 'varchar'],
  ['group', 'varchar'],
  ['prompt', 'varchar'],
  ['chosen', 'varchar'],
  ['rejected', 'varchar'],
  ['source', 'varchar'],
  ['edits', 'varchar[]'],
  ['margin', 'double'],
  ['language', 'varchar'],
  ['is_described', 'boolean'],
  ['is_rendered', 'boolean'],
] as const;

/** Left out of files without a rendered pair, as of those that were written before there were any. */
const renderedColumn = 'is_rendered';

/**
 * Rows that wait for the next file. One thread and groups of a fixed size: equal rows give equal bytes. What is not
 * valid text (half a surrogate pair) is written as U+FFFD, as which it is tokenized too.
 */
export class PairTable {
  readonly #database: DuckDb;
  readonly #api: typeof import('@duckdb/node-api');
  readonly #chunk: DuckDBDataChunk;
  #appender: DuckDBAppender | null = null;
  #rows: PreferencePair[] = [];
  #hasRendered = false;

  private constructor(database: DuckDb, api: typeof import('@duckdb/node-api')) {
    this.#database = database;
    this.#api = api;
    this.#chunk = api.DuckDBDataChunk.create(columnTypes(api));
  }

  static async open(): Promise<PairTable> {
    return new PairTable(await openDuckDb(), await import('@duckdb/node-api'));
  }

  async add(pair: PreferencePair): Promise<void> {
    if (pair.isRendered === true) this.#hasRendered = true;
    if (this.#rows.push(pair) === chunkRows) await this.#append();
  }

  /** Writes the rows since the last file, which may be none. */
  async writeFile(path: string): Promise<void> {
    const { connection } = this.#database;
    await this.#append();
    this.#appender?.closeSync();
    this.#appender = null;
    if (!this.#hasRendered) await connection.run(`alter table pairs drop column ${renderedColumn}`);
    this.#hasRendered = false;
    await connection.run(
      `copy pairs to ${quoted(path)} (format parquet, compression zstd, row_group_size ${rowGroupRows})`,
    );
    await connection.run('drop table pairs');
  }

  close(): void {
    this.#appender?.closeSync();
    this.#database.close();
  }

  async #append(): Promise<void> {
    const appender = (this.#appender ??= await openAppender(this.#database.connection));
    if (this.#rows.length === 0) return;
    const values = this.#rows.map((pair) => this.#valuesOf(pair));
    this.#chunk.reset();
    this.#chunk.rowCount = values.length;
    for (const index of columns.keys())
      this.#chunk.setColumnValues(
        index,
        values.map((row) => row[index] as DuckDBValue),
      );
    appender.appendDataChunk(this.#chunk);
    this.#rows = [];
  }

  #valuesOf(pair: PreferencePair): readonly DuckDBValue[] {
    const { id, group, prompt, chosen, rejected, source, edits } = pair;
    const { margin = null, language = null, isDescribed = null, isRendered = null } = pair;
    const texts = [id, group, prompt, chosen, rejected, source];
    return [...texts, this.#api.listValue(edits), margin, language, isDescribed, isRendered];
  }
}

function columnTypes({ BOOLEAN, DOUBLE, LIST, VARCHAR }: typeof import('@duckdb/node-api')): readonly DuckDBType[] {
  const types = { varchar: VARCHAR, 'varchar[]': LIST(VARCHAR), double: DOUBLE, boolean: BOOLEAN };
  return columns.map(([, type]) => types[type]);
}

async function openAppender(connection: DuckDBConnection): Promise<DuckDBAppender> {
  const definitions = columns.map(([name, type]) => `"${name}" ${type}`).join(', ');
  await connection.run(`create table pairs (${definitions})`);
  return connection.createAppender('pairs');
}
