/** One buffered writer a table that the collector fills row by row. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { TableWriter } from './write-rows.ts';

const written = [
  'experiments',
  'planned_stages',
  'stages',
  'runs',
  'trials',
  'trial_stages',
  'metrics',
  'choices',
  'collected',
] as const;

export type Writers = { readonly [T in (typeof written)[number]]: TableWriter<T> };

export function openWriters(connection: DuckDBConnection): Writers {
  return Object.fromEntries(written.map((table) => [table, new TableWriter(connection, table)])) as unknown as Writers;
}

/** Writes the tables that hold at least so many rows. */
export async function flushWriters(writers: Writers, atLeast: number): Promise<void> {
  for (const writer of Object.values(writers)) if (writer.rows >= atLeast) await writer.flush();
}
