/**
 * A connection for SQL from outside: it reads one database and no other file, changes neither, and cannot be talked out
 * of it, because its configuration is locked before the first statement of others.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';

export interface LockedConnection {
  readonly connection: DuckDBConnection;
  close(): void;
}

/** @param writes A file that may be written all the same; null = none. @throws Error where it cannot be opened. */
export async function openLocked(path: string, writes: string | null): Promise<LockedConnection> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY', threads: '2' });
  const connection = await instance.connect();
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    if (writes !== null) await connection.run(`SET allowed_paths = [${sqlText(writes)}]`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    return { connection, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A text as SQL writes it. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
