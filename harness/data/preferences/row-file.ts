/**
 * Rows of a JSONL, JSON or Parquet file, one at a time. DuckDB reads the file and hands each row on as JSON, so that no
 * type is guessed: text that looks like a number or a date stays text.
 */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../../spec/user-error.ts';

export interface FileRow {
  /** From 1; empty lines are not counted. */
  readonly row: number;
  readonly value: unknown;
}

type Format = 'jsonl' | 'json' | 'parquet';
type Compression = 'uncompressed' | 'gzip' | 'zstd';

interface RowFormat {
  readonly format: Format;
  readonly compression: Compression;
}

const formats: Readonly<Record<string, Format>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.parquet': 'parquet',
};
const compressions: Readonly<Record<string, Compression>> = { '.gz': 'gzip', '.zst': 'zstd', '.zstd': 'zstd' };

/** What a file may be called, for messages. */
export const rowFileNames = '.jsonl, .json or .parquet (.jsonl and .json also with .gz or .zst behind)';

/** How the file is read, by its name; null where the name says nothing. Parquet compresses its own pages. */
export function rowFormat(file: string): RowFormat | null {
  const last = path.extname(file).toLowerCase();
  const compression = compressions[last] ?? 'uncompressed';
  const format =
    formats[compression === 'uncompressed' ? last : path.extname(file.slice(0, -last.length)).toLowerCase()];
  if (format === undefined || (format === 'parquet' && compression !== 'uncompressed')) return null;
  return { format, compression };
}

/** @throws UserError (2) naming the file, and the row where one is broken. */
export async function* readRows(file: string): AsyncGenerator<FileRow> {
  const read = rowFormat(file);
  if (read === null)
    throw new UserError(`${file}: expected a file named ${rowFileNames}`, {
      exitCode: 2,
      hint: 'Rename the file, or write it in one of these formats.',
    });
  if (read.compression === 'gzip') await checkGzip(file);
  // Loaded only where a file is read: every command loads the kinds.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', autoinstall_known_extensions: 'false' });
  const connection = await instance.connect();
  try {
    yield* rowsOf(connection, file, read);
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(file, error);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function* rowsOf(connection: DuckDBConnection, file: string, read: RowFormat): AsyncGenerator<FileRow> {
  const result = await connection.stream(selectRows(file, read));
  let row = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const [json] of chunk.getRows()) {
      row++;
      if (typeof json !== 'string')
        throw new UserError(`${file}: row ${row} is not JSON`, {
          exitCode: 2,
          hint: 'Every line of the file must be one whole JSON object.',
        });
      yield { row, value: parsed(json) };
    }
  }
}

/** `ignore_errors` gives null for a broken line, whose number is then known; DuckDB's own message is one line off. */
function selectRows(file: string, { format, compression }: RowFormat): string {
  const pattern = `'${file.replaceAll(/[[?*]/g, '[$&]').replaceAll("'", "''")}'`;
  if (format === 'parquet')
    return `select to_json(r)::varchar from read_parquet(${pattern}, hive_partitioning=false) r`;
  const lines = format === 'jsonl' ? "format='newline_delimited', ignore_errors=true" : "format='auto'";
  return `select json::varchar from read_json_objects(${pattern}, ${lines}, compression='${compression}')`;
}

/** Python writes NaN and Infinity, which JSON has not: they become null. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    const plain = json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) =>
      part.startsWith('"') ? part : 'null',
    );
    return JSON.parse(plain);
  }
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
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return new UserError(`${file}: cannot be read: ${message}`, {
    exitCode: 2,
    hint: 'Check that the file is whole, and that its name says its format.',
    cause: error,
  });
}
