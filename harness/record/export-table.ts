/** A table, view or query of the results as a CSV, Parquet or JSON file, written whole or not at all. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { withConnection } from './database-file.ts';
import { withDatabase } from './database.ts';
import { databaseFile, replaceFile } from '../store/index.ts';

export type ExportFormat = 'csv' | 'parquet' | 'json';

const copyOptions: Readonly<Record<ExportFormat, string>> = {
  csv: 'FORMAT csv, HEADER true',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  json: 'FORMAT json, ARRAY true',
};

/**
 * `source`: the name of a table or view, or one SELECT. Returns the number of rows written. Throws `UserError`: exit 2
 * for a source that cannot be read or a folder that is not there, exit 5 where nothing was recorded.
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
  const rows = await countRows(resultsFolder, select);
  await replaceFile(path, (temporary) =>
    copyTo(resultsFolder, `COPY (${select}\n) TO '${temporary.replaceAll("'", "''")}' (${copyOptions[format]})`),
  );
  return rows;
}

async function copyTo(resultsFolder: string, statement: string): Promise<void> {
  const options = { access_mode: 'READ_ONLY', threads: '2' };
  await withConnection(databaseFile(resultsFolder), options, async (connection) => {
    await connection.run(statement);
  });
}

/** Through the locked, read-only handle: it vets the query before that meets a connection which may write files. */
async function countRows(resultsFolder: string, select: string): Promise<number> {
  return withDatabase(resultsFolder, async (database) => {
    const { rows } = await database.query(`SELECT count(*) AS n FROM (${select}\n)`);
    return Number(rows[0]?.['n']);
  });
}

function selectOf(source: string): string {
  return /^\w+$/.test(source) ? `SELECT * FROM ${source} ORDER BY ALL` : source.replace(/;$/, '');
}
