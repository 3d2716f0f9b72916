/**
 * DuckDB lets one process open a file for writing, and no other process opens it meanwhile. So the live file is never
 * opened for writing: a copy under a temporary name is updated, closed, fsynced and renamed over it. Readers need no
 * lock and always find one consistent database.
 */
import { constants, copyFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { assertWritable, removeAbandoned, replaceFile } from '../store/index.ts';
import { schema, schemaVersion, schemaVersionTable } from './schema.ts';

/** Training runs beside the collector; it needs no more than this. */
const writerOptions = { threads: '2' };

export interface Replacement<T> {
  /** A private copy of the database, or a new one with the current schema. */
  readonly start: 'copy' | 'empty';
  update(connection: DuckDBConnection): Promise<T>;
  /** Called last: where it returns false, the database stays as it is. */
  isStillWanted(): boolean;
}

/**
 * What `update` returned, or null where it was not wanted any more. Throws `UserError` (exit 3) where the folder cannot
 * be written to.
 */
export async function replaceDatabase<T>(path: string, replacement: Replacement<T>): Promise<T | null> {
  assertWritable(dirname(path));
  removeAbandoned(path);
  let answer: T | null = null;
  const write = async (temporary: string): Promise<void> => {
    answer = await writeDatabase(path, temporary, replacement);
  };
  return (await replaceFile(path, write, () => replacement.isStillWanted())) ? answer : null;
}

async function writeDatabase<T>(path: string, temporary: string, replacement: Replacement<T>): Promise<T> {
  try {
    if (replacement.start === 'copy') copyFileSync(path, temporary, constants.COPYFILE_FICLONE);
    return await withConnection(temporary, writerOptions, (connection) => updateIn(connection, replacement));
  } finally {
    rmSync(`${temporary}.wal`, { force: true });
  }
}

async function updateIn<T>(connection: DuckDBConnection, { start, update }: Replacement<T>): Promise<T> {
  await connection.run('BEGIN');
  if (start === 'empty') await createSchema(connection);
  const answer = await update(connection);
  await connection.run('COMMIT');
  await connection.run('CHECKPOINT');
  return answer;
}

/** Opens the database for `use`, and closes it also after an error. */
export async function withConnection<T>(
  path: string,
  options: Record<string, string>,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(path, options);
  try {
    const connection = await instance.connect();
    try {
      return await use(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Was the file made by this very schema? Anything else, an unreadable file included, is built again from the files. */
export async function hasCurrentSchema(connection: DuckDBConnection): Promise<boolean> {
  try {
    const reader = await connection.runAndReadAll('SELECT version, sha256 FROM schema_version');
    const [row] = reader.getRowsJS();
    return row?.[0] === schemaVersion.version && row[1] === schemaVersion.sha256;
  } catch {
    return false;
  }
}

async function createSchema(connection: DuckDBConnection): Promise<void> {
  await connection.run(schemaVersionTable);
  await connection.run(schema);
  await connection.run('INSERT INTO schema_version VALUES ($version, $sha256)', { ...schemaVersion });
}
