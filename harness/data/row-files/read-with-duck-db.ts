/** DuckDB as a reader of Parquet: one thread, rows in their order, memory within a limit. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { openDuckDb } from '../storage/duck-db.ts';
import { unreadable, type RowSource } from './row-source.ts';

/**
 * 2,048 rows are decoded at a time. Where each is a whole repository (The Stack v3: 92 KB on average) that is 0.2 GB of
 * contents; reading them failed with a limit of 0.6 GB and took as long with 1 GB as with 2.
 */
const memoryLimit = '2GB';

/** Yields what `read` yields, with a connection that is closed behind it. @throws UserError (2) naming the file. */
export async function* withDuckDb<T>(
  { name }: RowSource,
  read: (connection: DuckDBConnection) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const database = await openDuckDb(memoryLimit);
  try {
    yield* read(database.connection);
  } catch (error) {
    throw unreadable(name, error);
  } finally {
    database.close();
  }
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
