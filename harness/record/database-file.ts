/**
 * DuckDB lets one process hold a file for writing, and nobody else open it meanwhile. So the live file is never opened
 * for writing: a copy under a temporary name is updated, closed, fsynced and renamed over it. Readers need no lock and
 * always find one consistent database.
 */
import {
  constants,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { migrations, schemaVersionTable } from './schema.ts';

/** Training runs beside the collector; it needs no more than this. */
const writerOptions = { threads: '2' };

/**
 * Runs `update` on a private copy of the database at `path` (or a new one with the current schema) and puts the copy in
 * its place.
 */
export async function replaceDatabase(
  path: string,
  start: 'copy' | 'empty',
  update: (connection: DuckDBConnection) => Promise<void>,
): Promise<void> {
  removeAbandoned(path);
  const temporary = `${path}.${hostname()}.${process.pid}.tmp`;
  try {
    if (start === 'copy') copyFileSync(path, temporary, constants.COPYFILE_FICLONE);
    await withConnection(temporary, writerOptions, async (connection) => {
      await connection.run('BEGIN');
      if (start === 'empty') await migrate(connection);
      await update(connection);
      await connection.run('COMMIT');
      await connection.run('CHECKPOINT');
    });
    syncPath(temporary);
    renameSync(temporary, path);
    syncPath(dirname(path));
  } finally {
    rmSync(temporary, { force: true });
    rmSync(`${temporary}.wal`, { force: true });
  }
}

/** Opens, hands over, and closes whatever happens. */
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
 * Does the file hold exactly the migrations of this version? Anything else, an unreadable file included, is rebuilt
 * from the files.
 */
export async function hasCurrentSchema(connection: DuckDBConnection): Promise<boolean> {
  try {
    const reader = await connection.runAndReadAll('SELECT version, name FROM schema_version ORDER BY version');
    const applied = reader.getRowsJS().map(([version, name]) => `${String(version)} ${String(name)}`);
    return applied.join() === migrations.map(({ version, name }) => `${version} ${name}`).join();
  } catch {
    return false;
  }
}

async function migrate(connection: DuckDBConnection): Promise<void> {
  await connection.run(schemaVersionTable);
  for (const { version, name, sql } of migrations) {
    await connection.run(sql);
    await connection.run('INSERT INTO schema_version VALUES ($version, $name)', { version, name });
  }
}

/** Copies of collectors that were killed on this host. */
function removeAbandoned(path: string): void {
  const prefix = `${basename(path)}.${hostname()}.`;
  for (const name of readdirSync(dirname(path))) {
    const pid = name.startsWith(prefix)
      ? Number(/^(\d+)\.tmp(\.wal)?$/.exec(name.slice(prefix.length))?.[1])
      : Number.NaN;
    if (Number.isInteger(pid) && pid !== process.pid && !isAlive(pid))
      rmSync(join(dirname(path), name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function syncPath(path: string): void {
  if (!existsSync(path)) return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
