/** A table, view or query of the results as a CSV, Parquet or JSON file, written whole or not at all. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { withDatabase, type ResultsDatabase } from './database.ts';
import { fileToReplace, replaceFile } from '../store/index.ts';

export type ExportFormat = 'csv' | 'parquet' | 'json';

const copyOptions: Readonly<Record<ExportFormat, string>> = {
  csv: 'FORMAT csv, HEADER true',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  json: 'FORMAT json, ARRAY true',
};

/**
 * `source`: the name of a table or view, or one SELECT. It runs once, on a connection that can write the one new file
 * and read nothing but the results. Returns the number of rows written. Throws `UserError`: exit 2 for a source that
 * cannot be read or a place that cannot be written to, exit 5 where nothing was recorded.
 */
export async function exportTable(
  resultsFolder: string,
  source: string,
  format: ExportFormat,
  path: string,
): Promise<number> {
  const folder = dirname(path);
  const hint = 'Make the folder first, or name another one.';
  if (!existsSync(folder)) throw new UserError(`${folder} is not there`, { exitCode: 2, hint });
  const select = selectOf(source.trim());
  let rows = 0;
  await replaceFile(fileToReplace(path), async (writes) => {
    const copy = (database: ResultsDatabase): Promise<number> => database.copyTo(writes, select, copyOptions[format]);
    rows = await withDatabase(resultsFolder, copy, { writes });
  });
  return rows;
}

function selectOf(source: string): string {
  return /^\w+$/.test(source) ? `SELECT * FROM ${source} ORDER BY ALL` : source.replace(/;$/, '');
}
