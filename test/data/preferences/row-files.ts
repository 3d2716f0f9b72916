/** Files of rows as users have them, in every format that is read; shared by the tests of preferences. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  preferenceTask,
  usualNames,
  type FieldNames,
  type PreferenceTaskOptions,
} from '../../../harness/data/index.ts';

export type Row = Readonly<Record<string, unknown>>;

export const formats = ['jsonl', 'ndjson', 'json', 'jsonl.gz', 'json.gz', 'jsonl.zst', 'parquet'] as const;

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'harness-preferences-'));
}

export function lines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Writes the rows as `name.format` and returns the path. Parquet and zstd are written by DuckDB, as many tools do. */
export async function writeRows(
  folder: string,
  name: string,
  format: (typeof formats)[number],
  rows: readonly unknown[],
): Promise<string> {
  const file = path.join(folder, `${name}.${format}`);
  const text = format.startsWith('json.') || format === 'json' ? JSON.stringify(rows, null, 2) : lines(rows);
  if (format === 'parquet' || format === 'jsonl.zst') await copyRows(folder, file, rows);
  else writeFileSync(file, format.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

async function copyRows(folder: string, file: string, rows: readonly unknown[]): Promise<void> {
  const plain = path.join(folder, 'plain.json');
  writeFileSync(plain, JSON.stringify(rows));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const options = file.endsWith('.parquet') ? 'format parquet' : 'format json, compression zstd';
  await connection.run(`copy (select * from read_json_auto('${plain}')) to '${file}' (${options})`);
  connection.closeSync();
  instance.closeSync();
}

export const usualFields = Object.fromEntries(Object.keys(usualNames).map((field) => [field, null])) as FieldNames;

/** Without a chat template. */
const noChat = { template: () => null, texts: false };

export const options = {
  name: 'own',
  fields: usualFields,
  chat: noChat,
  separator: '\n',
  pairsPerQuestion: 8,
  seed: 0,
};

/** The task of files, and what was said about them. */
export async function task(
  changes: Partial<PreferenceTaskOptions> & Pick<PreferenceTaskOptions, 'train'>,
): Promise<Awaited<ReturnType<typeof preferenceTask>> & { readonly notes: readonly string[] }> {
  const notes: string[] = [];
  const data = await preferenceTask({ ...options, dev: 0.1, test: 0.1, ...changes }, (text) => notes.push(text));
  return { ...data, notes };
}

/** Rows that differ in their prompts. */
export function pairRows(count: number, from = 0): readonly Row[] {
  return Array.from({ length: count }, (_, index) => {
    const i = from + index;
    return { prompt: `Question ${i}?`, chosen: `Right ${i}.`, rejected: `Wrong ${i}.` };
  });
}
