/**
 * Chosen columns of a file of rows. A column is named by its path: `files.content` is a field inside `files`, and where
 * `files` is a list each of its entries is a row of its own, with the other columns beside it.
 */
import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api';
import { quotedFile } from '../storage/duck-db.ts';
import { quotedName, withDuckDb } from './read-with-duck-db.ts';
import { readJson } from './json-value.ts';
import type { ReadRow } from './read-row.ts';
import { readRows } from './row-file.ts';
import { nameIn, withField } from './written-number.ts';
import { kindOf } from './row-source.ts';

type Row = Readonly<Record<string, unknown>>;

/** Chosen columns of a row. */
export interface ColumnRow {
  /** From 1. */
  readonly row: number;
  readonly value: unknown;
  readonly oddities: ReadRow['oddities'];
}

/** What a file was found to have. */
export interface FileColumns {
  /** Paths of its columns, those inside lists and structures too. */
  readonly paths: readonly string[];
  /** Columns that are lists of structures. */
  readonly lists: readonly string[];
}

/** Rows of JSON may leave out what they have not: so many of the first ones stand for the rest. */
const sampledRows = 100;

/** @throws UserError (2) for a file that cannot be read. */
export async function fileColumns(file: string): Promise<FileColumns> {
  const source = { path: file, name: file };
  if (kindOf(source).kind === 'parquet')
    for await (const columns of withDuckDb(source, (connection) => parquetColumns(connection, file))) return columns;
  const found = { paths: new Set<string>(), lists: new Set<string>() };
  let rows = 0;
  for await (const { value } of readRows(file)) {
    for (const path of pathsIn(value, '')) found.paths.add(path);
    for (const list of listsIn(value)) found.lists.add(list);
    if (++rows === sampledRows) break;
  }
  return { paths: [...found.paths], lists: [...found.lists] };
}

async function* parquetColumns(connection: DuckDBConnection, file: string): AsyncGenerator<FileColumns> {
  const result = await connection.run(
    `select * from read_parquet(${quotedFile(file)}, hive_partitioning=false) limit 0`,
  );
  const columns = result.columnNames().map((name, index) => ({ name, type: result.columnType(index) }));
  yield {
    paths: columns.flatMap(({ name, type }) => pathsOfType(type, name)),
    lists: columns.filter(({ type }) => 'valueType' in type).map(({ name }) => name),
  };
}

function pathsOfType(type: DuckDBType, path: string): readonly string[] {
  const inner = 'valueType' in type ? (type.valueType as DuckDBType) : type;
  if (!('entryNames' in inner)) return [path];
  return [path, ...inner.entryNames.map((name) => `${path}.${name}`)];
}

function listsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => (Array.isArray(one) ? [name] : []));
}

function pathsIn(value: unknown, path: string): readonly string[] {
  const inner = Array.isArray(value) ? (value[0] as unknown) : value;
  if (typeof inner !== 'object' || inner === null) return path === '' ? [] : [path];
  const within = Object.entries(inner).flatMap(([name, one]) =>
    path === '' ? pathsIn(one, name) : [`${path}.${name}`],
  );
  return path === '' ? within : [path, ...within];
}

/** The part of a path before its dot: a column of the file. */
export function columnOf(path: string): string {
  return path.split('.', 1)[0] as string;
}

/** The value at a path of a row; undefined where the row has none. */
export function valueAt(row: Row, path: string): unknown {
  if (Object.hasOwn(row, path)) return row[path];
  const column = columnOf(path);
  const inner = row[column];
  if (column === path || typeof inner !== 'object' || inner === null) return undefined;
  return (inner as Row)[path.slice(column.length + 1)];
}

/** The value as text: a number as it was written. null where there is neither text nor a number. */
export function textAt(row: Row, path: string): string | null {
  const value = valueAt(row, path);
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return null;
  const column = columnOf(path);
  const inner = Object.hasOwn(row, path) ? row : (row[column] as Row);
  return nameIn(inner, inner === row ? path : path.slice(column.length + 1));
}

/**
 * @param text The column with the long text. Where it lies in a list, the list is taken apart.
 * @param others Columns read beside it; those that the file lacks are left out. Rows are counted as they are given on.
 * @throws UserError (2) naming the file, and the row where one is broken.
 */
export async function* readColumns(file: string, text: string, others: readonly string[]): AsyncGenerator<ColumnRow> {
  const source = { path: file, name: file };
  if (kindOf(source).kind !== 'parquet') {
    let row = 0;
    for await (const { value, oddities } of readRows(file))
      for (const entry of entriesOf(value, columnOf(text))) yield { row: ++row, value: entry, oddities };
    return;
  }
  const { paths, lists } = await fileColumns(file);
  const select = selectColumns(file, { text, others: others.filter((path) => paths.includes(path)), lists });
  yield* withDuckDb(source, (connection) => parquetRows(connection, select, text));
}

function entriesOf(value: unknown, list: string): readonly unknown[] {
  const inner = typeof value === 'object' && value !== null ? (value as Row)[list] : undefined;
  return Array.isArray(inner) ? inner.map((entry: unknown) => withField(value as Row, list, entry)) : [value];
}

/** The text is handed on by itself: as a part of the JSON it would lie in memory three times. */
async function* parquetRows(connection: DuckDBConnection, select: string, text: string): AsyncGenerator<ColumnRow> {
  const result = await connection.stream(select);
  let row = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const [written, beside] of chunk.getRows())
      yield { row: ++row, value: rowWith(String(beside), text, written), oddities: [] };
  }
}

function rowWith(beside: string, text: string, written: unknown): Row {
  return withField(readJson(beside, 0, true).value as Row, text, written);
}

interface Selection {
  readonly text: string;
  readonly others: readonly string[];
  readonly lists: readonly string[];
}

function selectColumns(file: string, { text, others, lists }: Selection): string {
  const column = columnOf(text);
  const columns = [...new Set([column, ...others.map(columnOf)])].map((name) => {
    const isTakenApart = name === column && name !== text && lists.includes(name);
    return isTakenApart ? `unnest(${quotedName(name)}) as ${quotedName(name)}` : quotedName(name);
  });
  const from = `(select ${columns.join(', ')} from read_parquet(${quotedFile(file)}, hive_partitioning=false)) r`;
  const beside = others.map((path) => `'${path.replaceAll("'", "''")}', ${reference(path)}`);
  return `select (${reference(text)})::varchar, json_object(${beside.join(', ')})::varchar from ${from}`;
}

function reference(path: string): string {
  const column = columnOf(path);
  return column === path
    ? `r.${quotedName(column)}`
    : `r.${quotedName(column)}.${quotedName(path.slice(column.length + 1))}`;
}
