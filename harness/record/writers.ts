/** The writers of the tables that the collector fills. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { CodedWriter } from './coded-writer.ts';
import type { StageRows } from './stage-rows.ts';
import type { TableName } from './tables.ts';
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
  const coded = new CodedWriter(connection);
  const flush = async (atLeast: number): Promise<void> => {
    for (const [, writer] of tables) if (writer.rows >= atLeast) await writer.flush();
  };
  const addStages = async (rows: StageRows): Promise<void> => {
    for (const table of ['stages', 'runs', 'choices', 'collected'] as const) addAll(rowWriters[table], rows[table]);
    await coded.add(rows);
  };
  const close = async (): Promise<void> => {
    await flush(1);
    await coded.close();
  };
  return { ...rowWriters, addStages, flush, close };
}

function addAll<T extends TableName>(writer: TableWriter<T>, rows: readonly TableRow<NoInfer<T>>[]): void {
  for (const row of rows) writer.add(row);
}
