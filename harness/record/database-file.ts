/**
 * DuckDB lets one process open a file for writing, and no other process opens it meanwhile. So the live file is never
 * opened for writing: a copy in the folder of the writer's lease is updated, closed, fsynced and moved over it. Readers
 * need no lock and always find one consistent database; a writer that lost its lease replaces nothing.
 */
import { constants, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../spec/user-error.ts';
import { databaseFile, LeaseLost, type Lease } from '../store/index.ts';
import { publishDatabase } from './database-digest.ts';
import { schema, schemaVersion, schemaVersionTable } from './schema.ts';

/** @throws UserError (3) where a folder has the name of the database. */
export function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  throw new UserError(`${path} is a folder, and the database is to be a file of this name`, {
    exitCode: 3,
    hint: 'Move the folder away: the database is then built from the files.',
  });
}

/** Training runs beside the collector; it needs no more than this. */
const writerOptions = { threads: '2' };

export interface Replacement<T> {
  /** A private copy of the database, or a new one with the current schema. */
  readonly start: 'copy' | 'empty';
  update(connection: DuckDBConnection): Promise<T>;
}

/** What `update` returned. @throws LeaseLost where another writer has taken over: then the database is as it was. */
export async function replaceDatabase<T>(resultsFolder: string, lease: Lease, replacement: Replacement<T>): Promise<T> {
  const path = databaseFile(resultsFolder);
  const prepared = join(lease.folder, basename(path));
  try {
    if (replacement.start === 'copy') copyFileSync(path, prepared, constants.COPYFILE_FICLONE);
    const answer = await updateFile(prepared, replacement);
    publishDatabase(resultsFolder, lease, prepared);
    return answer;
  } catch (error) {
    if (lease.isLost) throw new LeaseLost(path);
    throw error;
  }
}

/**
 * DuckDB takes what follows a `?` for no part of the name, and would write the log of its changes into another folder:
 * from such a folder the file goes elsewhere meanwhile.
 */
async function updateFile<T>(file: string, replacement: Replacement<T>): Promise<T> {
  const update = (path: string): Promise<T> =>
    withConnection(path, writerOptions, (connection) => updateIn(connection, replacement));
  if (!file.includes('?')) return update(file);
  const folder = mkdtempSync(join(tmpdir(), 'harness-database-'));
  try {
    const elsewhere = join(folder, basename(file));
    if (replacement.start === 'copy') copyFileSync(file, elsewhere);
    const answer = await update(elsewhere);
    copyFileSync(elsewhere, file);
    return answer;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A new database with the current schema and what `fill` puts into it, at a place that nobody else knows. */
export async function createDatabase(
  path: string,
  fill: (connection: DuckDBConnection) => Promise<void>,
): Promise<void> {
  await withConnection(path, writerOptions, (connection) => updateIn(connection, { start: 'empty', update: fill }));
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

/**
 * How the schema of the database is not this one, in words; null where it is. Such a database is built again from the
 * files, and never altered.
 */
export async function otherSchema(connection: DuckDBConnection): Promise<string | null> {
  const version = await connection
    .runAndReadAll('SELECT version, sha256 FROM schema_version')
    .then((reader) => reader.getRowsJS()[0] ?? null)
    .catch(() => null);
  if (version === null) return 'it says no version of its tables';
  if (version[0] !== schemaVersion.version)
    return `its tables are of version ${String(version[0])}, and now they are of version ${schemaVersion.version}`;
  return version[1] === schemaVersion.sha256 ? null : 'its tables are not those of this program';
}

async function createSchema(connection: DuckDBConnection): Promise<void> {
  await connection.run(schemaVersionTable);
  await connection.run(schema);
  await connection.run('INSERT INTO schema_version VALUES ($version, $sha256)', { ...schemaVersion });
}
