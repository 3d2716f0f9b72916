/** Writes metrics and items: as codes first, then joined with their texts. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { insertItems } from './item-rows.ts';
import { insertMetrics } from './metric-rows.ts';
import { NumberWriter } from './number-writer.ts';
import type { StageRows } from './stage-rows.ts';
import { createTable } from './tables.ts';
import { TableWriter } from './write-rows.ts';

export class CodedWriter {
  readonly #connection: DuckDBConnection;
  readonly #words: TableWriter<'words'>;
  readonly #metrics: NumberWriter;
  readonly #items: NumberWriter;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.#words = new TableWriter(connection, 'words');
    this.#metrics = new NumberWriter(connection, 'metric_codes');
    this.#items = new NumberWriter(connection, 'item_codes');
  }

  async add({ words, metrics, items }: StageRows): Promise<void> {
    for (const [index, word] of words.words.entries()) this.#words.add({ code: words.codes[index] ?? null, word });
    await this.#metrics.add(metrics);
    await this.#items.add(items);
  }

  /** Everything is in the tables `metrics` and `items`. */
  async close(): Promise<void> {
    await this.#connection.run(createTable('words'));
    await this.#words.flush();
    if (await this.#metrics.close()) await this.#connection.run(insertMetrics);
    if (await this.#items.close()) await this.#connection.run(insertItems);
  }
}
