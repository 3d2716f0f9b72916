/** DuckDB in memory, as the data room uses it: loaded where it is first needed, one thread, no network. */
import type { DuckDBConnection } from '@duckdb/node-api';

export interface DuckDb {
  readonly connection: DuckDBConnection;
  close(): void;
}

/** `memoryLimit`: as DuckDB writes it, `2GB`; null = its own. */
export async function openDuckDb(memoryLimit: string | null = null): Promise<DuckDb> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    autoinstall_known_extensions: 'false',
    ...(memoryLimit !== null && { memory_limit: memoryLimit }),
  });
  const connection = await instance.connect();
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A text as SQL writes it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The path of one file for a function that would take it for a pattern. */
export function quotedFile(path: string): string {
  return quoted(path.replaceAll(/[[?*]/g, '[$&]'));
}
