/** DuckDB as a reader of files: one thread, rows in their order, memory within a limit. */
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../../spec/user-error.ts';
import { openDuckDb } from '../storage/duck-db.ts';
import type { RowFormat } from './row-format.ts';

/**
 * 2,048 rows are decoded at a time. Where each is a whole repository (The Stack v3: 92 KB on average) that is 0.2 GB of
 * contents; reading them failed with a limit of 0.6 GB and took as long with 1 GB as with 2.
 */
const memoryLimit = '2GB';

/** Yields what `read` yields, with a connection that is closed behind it. @throws UserError (2) naming the file. */
export async function* withDuckDb<T>(
  file: string,
  { compression }: RowFormat,
  read: (connection: DuckDBConnection) => AsyncIterable<T>,
): AsyncGenerator<T> {
  if (compression === 'gzip') await checkGzip(file);
  const database = await openDuckDb(memoryLimit);
  try {
    yield* read(database.connection);
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(file, error);
  } finally {
    database.close();
  }
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** DuckDB reads a file that was cut off up to the cut, and says nothing. */
async function checkGzip(file: string): Promise<void> {
  const nowhere = new Writable({ write: (_, __, done) => done() });
  try {
    await pipeline(createReadStream(file), createGunzip(), nowhere);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): UserError {
  const message = (error instanceof Error ? error.message.split('\n')[0] : undefined) ?? String(error);
  return new UserError(`${file}: cannot be read: ${message}`, {
    exitCode: 2,
    hint: message.startsWith('Out of Memory')
      ? 'Write the file again with smaller rows, such as one row a source file.'
      : 'Check that the file is whole, and that its name says its format.',
    cause: error,
  });
}
