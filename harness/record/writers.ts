/** The writers of the tables that the collector fills. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { Words } from './coded-rows.ts';
import { insertItems, ItemWriter } from './item-writer.ts';
import { insertMetrics, MetricWriter } from './metric-writer.ts';
import { TableWriter } from './write-rows.ts';

const written = [
  'experiments',
  'planned_stages',
  'stages',
  'runs',
  'trials',
  'trial_stages',
  'choices',
  'collected',
] as const;

type RowWriters = { readonly [T in (typeof written)[number]]: TableWriter<T> };

/** One writer a table, row by row; metrics and items by stage. */
export interface Writers extends RowWriters {
  readonly metrics: MetricWriter;
  readonly items: ItemWriter;
  /** Rows are in the database from now on where a table has at least so many of them. */
  flush(atLeast: number): Promise<void>;
  /** Everything is in the database. */
  close(): Promise<void>;
}

export function openWriters(connection: DuckDBConnection): Writers {
  const tables = written.map((table) => [table, new TableWriter(connection, table)] as const);
  const words = new Words(connection);
  const [metrics, items] = [new MetricWriter(connection, words), new ItemWriter(connection, words)];
  const flush = async (atLeast: number): Promise<void> => {
    for (const [, writer] of tables) if (writer.rows >= atLeast) await writer.flush();
  };
  const close = async (): Promise<void> => {
    await flush(1);
    const [hasMetrics, hasItems] = [await metrics.close(), await items.close()];
    if (hasMetrics || hasItems) await words.write();
    if (hasMetrics) await connection.run(insertMetrics);
    if (hasItems) await connection.run(insertItems);
  };
  return { ...(Object.fromEntries(tables) as unknown as RowWriters), metrics, items, flush, close };
}
