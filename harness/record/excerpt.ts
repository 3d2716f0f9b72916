/**
 * The rows that figures of one experiment rest on, as one Parquet file a table: small enough to be committed beside
 * them, and a database again for whoever has no results folder. Equal records give equal rows in equal order.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { damagedFile, databaseFile } from '../store/index.ts';
import { withDatabase, type ResultsDatabase } from './database.ts';
import { createDatabase } from './database-file.ts';
import { exportTable } from './export-table.ts';
import { sqlText } from './locked-connection.ts';
import type { TableName } from './tables.ts';

/** What is kept beside the trials and their stages. */
export interface ExcerptNeeds {
  /** Of the scored items: `pairs`, `pool`. */
  readonly sets: readonly string[];
  /** Final values of these names. */
  readonly metrics: readonly string[];
}

/** Names of items, their rewards and what is right; texts of answers and origins stay out, as somebody else's. */
const itemColumns = 'stage_id, "set", item_id, item_group, candidate, reward, is_correct';

/** SQL by table. */
function selections(experiment: string, { sets, metrics }: ExcerptNeeds): Readonly<Partial<Record<TableName, string>>> {
  const here = `experiment = ${sqlText(experiment)}`;
  const roles = `stage_id IN (SELECT stage_id FROM trial_roles WHERE ${here})`;
  return {
    experiments: `SELECT * FROM experiments WHERE ${here}`,
    trials: `SELECT * FROM trials WHERE ${here}`,
    trial_stages: `SELECT * FROM trial_stages WHERE ${here}`,
    stages: `SELECT * FROM stages WHERE ${roles}`,
    clock_metrics: 'SELECT * FROM clock_metrics',
    metrics: `SELECT * FROM metrics WHERE step IS NULL AND name IN (${listOf(metrics)}) AND ${roles}`,
    items: `
      SELECT ${itemColumns} FROM items
      WHERE "set" IN (${listOf(sets)})
        AND stage_id IN (SELECT evaluate_stage FROM trials WHERE ${here} AND outcome = 'completed')`,
  };
}

/** A list that may be empty; no name is an empty text. */
const listOf = (names: readonly string[]): string => ['', ...names].map(sqlText).join(', ');

/**
 * Replaces the excerpt in a folder, which is made.
 * @throws UserError as `exportTable`.
 */
export async function writeExcerpt(
  resultsFolder: string,
  experiment: string,
  { folder, needs }: { readonly folder: string; readonly needs: ExcerptNeeds },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [table, select] of Object.entries(selections(experiment, needs)))
    await exportTable(resultsFolder, `${select} ORDER BY ALL`, 'parquet', fileOf(folder, table));
}

const fileOf = (folder: string, table: string): string => join(folder, `${table}.parquet`);

/**
 * Opens the excerpt as `withDatabase` opens results.
 * @throws UserError (4) where a file is missing or damaged.
 */
export async function withExcerpt<T>(folder: string, use: (database: ResultsDatabase) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'harness-excerpt-'));
  try {
    await createDatabase(databaseFile(scratch), async (connection) => {
      for (const table of tablesOfExcerpt) await insertFile(connection, table, fileOf(folder, table));
    });
    return await withDatabase(scratch, use);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const tablesOfExcerpt = Object.keys(selections('', { sets: [], metrics: [] }));

async function insertFile(connection: DuckDBConnection, table: string, file: string): Promise<void> {
  try {
    await connection.run(`INSERT INTO ${table} BY NAME SELECT * FROM read_parquet(${sqlText(file)})`);
  } catch (cause) {
    throw damagedFile(file, 'missing, or no table of an excerpt', cause);
  }
}
