/**
 * Rows of a file, one at a time: JSONL, JSON, Parquet, also compressed. What a file is, its bytes say. No type is
 * guessed: text that looks like a number or a date stays text.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../../spec/user-error.ts';
import { quotedFile } from '../storage/duck-db.ts';
import { jsonRows } from './json-rows.ts';
import type { BrokenRow, ReadRow } from './read-row.ts';
import { readJson } from './json-value.ts';
import { withDuckDb } from './read-with-duck-db.ts';
import { kindOf, notRows, textBytes, type RowSource } from './row-source.ts';

/** @throws UserError (2) naming the file, and the place where a row is broken. */
export async function* readRows(file: string): AsyncGenerator<ReadRow> {
  for await (const read of rowsOrProblems({ path: file, name: file })) {
    if ('problem' in read)
      throw new UserError(`${file}:${read.line}:${read.column}: ${read.problem}`, {
        exitCode: 2,
        hint: 'Every row of the file must be one whole JSON object.',
      });
    yield read;
  }
}

/** Broken rows among the others. @throws UserError (2) where the file as a whole cannot be read. */
export function rowsOrProblems(source: RowSource): AsyncGenerator<ReadRow | BrokenRow> {
  const found = kindOf(source);
  if (found.kind === 'other') throw notRows(source.name, found.what, found.remedy);
  if (found.kind === 'parquet') return parquetRows(source);
  return jsonRows(source.name, textBytes(source, found.kind === 'text' ? null : found.kind));
}

function parquetRows(source: RowSource): AsyncGenerator<ReadRow> {
  return withDuckDb(source, (connection) => rowsOf(connection, source.path));
}

async function* rowsOf(connection: DuckDBConnection, path: string): AsyncGenerator<ReadRow> {
  const rows = `select to_json(r)::varchar from read_parquet(${quotedFile(path)}, hive_partitioning=false) r`;
  const result = await connection.stream(rows);
  let row = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const [json] of chunk.getRows()) yield parquetRow(String(json), ++row);
  }
}

function parquetRow(json: string, row: number): ReadRow {
  const { value, oddities } = readJson(json, 0, true);
  const placed = oddities.map(({ kind, path, text }) => ({ kind, path, text, line: null, column: null }));
  return { row, line: null, unit: 'row', value, oddities: placed };
}

/** Where a row stands, for messages. */
export function placeOf(name: string, { row, line, unit }: Pick<ReadRow, 'row' | 'line' | 'unit'>): string {
  const place = line === null ? name : `${name}:${line}`;
  return unit === 'line' ? place : `${place}: row ${row}`;
}
