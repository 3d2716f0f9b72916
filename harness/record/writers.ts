/** The writers of the tables that the collector fills. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { WordTable } from './coded-rows.ts';
import { insertItems } from './item-rows.ts';
import { insertMetrics } from './metric-rows.ts';
import { NumberWriter } from './number-writer.ts';
import type { StageRows } from './stage-rows.ts';
import { createTable, type TableName } from './tables.ts';
import { type TableRow, TableWriter } from './write-rows.ts';

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

/** One writer a table, row by row; the rows of stages together. */
export interface Writers extends RowWriters {
  addStages(rows: StageRows): Promise<void>;
  /** Rows are in the database from now on where a table has at least so many of them. */
  flush(atLeast: number): Promise<void>;
  /** Everything is in the database. */
  close(): Promise<void>;
}

export function openWriters(connection: DuckDBConnection): Writers {
  const tables = written.map((table) => [table, new TableWriter(connection, table)] as const);
  const rowWriters = Object.fromEntries(tables) as unknown as RowWriters;
  const words = new TableWriter(connection, 'words');
  const [metrics, items] = [new NumberWriter(connection, 'metric_codes'), new NumberWriter(connection, 'item_codes')];
  const flush = async (atLeast: number): Promise<void> => {
    for (const [, writer] of tables) if (writer.rows >= atLeast) await writer.flush();
  };
  const addStages = async (rows: StageRows): Promise<void> => {
    for (const table of ['stages', 'runs', 'choices', 'collected'] as const) addAll(rowWriters[table], rows[table]);
    addWords(words, rows.words);
    await metrics.add(rows.metrics);
    await items.add(rows.items);
  };
  const close = async (): Promise<void> => {
    await flush(1);
    await connection.run(createTable('words'));
    await words.flush();
    if (await metrics.close()) await connection.run(insertMetrics);
    if (await items.close()) await connection.run(insertItems);
  };
  return { ...rowWriters, addStages, flush, close };
}

function addAll<T extends TableName>(writer: TableWriter<T>, rows: readonly TableRow<NoInfer<T>>[]): void {
  for (const row of rows) writer.add(row);
}

function addWords(to: TableWriter<'words'>, { codes, words }: WordTable): void {
  for (const [index, word] of words.entries()) to.add({ code: codes[index] ?? null, word });
}
