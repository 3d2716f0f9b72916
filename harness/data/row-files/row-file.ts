/**
 * Rows of a JSONL, JSON or Parquet file, one at a time. DuckDB reads the file and hands each row on as JSON, so that no
 * type is guessed: text that looks like a number or a date stays text.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../../spec/user-error.ts';
import { quotedFile } from '../storage/duck-db.ts';
import { withDuckDb } from './read-with-duck-db.ts';
import { requireRowFormat, type RowFormat } from './row-format.ts';

export interface FileRow {
  /** From 1; empty lines are not counted. */
  readonly row: number;
  readonly value: unknown;
}

/** @throws UserError (2) naming the file, and the row where one is broken. */
export async function* readRows(file: string): AsyncGenerator<FileRow> {
  const format = requireRowFormat(file);
  yield* withDuckDb(file, format, (connection) => rowsOf(connection, file, format));
}

async function* rowsOf(connection: DuckDBConnection, file: string, format: RowFormat): AsyncGenerator<FileRow> {
  const result = await connection.stream(selectRows(file, format));
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
      yield { row, value: parseJson(json) };
    }
  }
}

/** `ignore_errors` gives null for a broken line, whose number is then known; DuckDB's own message is one line off. */
function selectRows(file: string, { format, compression }: RowFormat): string {
  if (format === 'parquet')
    return `select to_json(r)::varchar from read_parquet(${quotedFile(file)}, hive_partitioning=false) r`;
  const lines = format === 'jsonl' ? "format='newline_delimited', ignore_errors=true" : "format='auto'";
  return `select json::varchar from read_json_objects(${quotedFile(file)}, ${lines}, compression='${compression}')`;
}

/** Python writes NaN and Infinity, which JSON has not: they become null. */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    const plain = json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) =>
      part.startsWith('"') ? part : 'null',
    );
    return JSON.parse(plain);
  }
}
