/**
 * The writing half of the collector: replaces the rows of changed sources, and derives from all of them the outcome
 * of each trial.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { damagedFile, type RecordSource } from '../store/index.ts';
import type { Changes, Collected } from './changes.ts';
import { derive } from './derive.ts';
import { readExperimentFile } from './experiment-file.ts';
import { addExperiment } from './experiment-rows.ts';
import { type ReadOptions, readStages } from './read-stages.ts';
import { signatureOf } from './signature.ts';
import { type Writers, openWriters } from './writers.ts';

/** Rows are written once a table has this many, so that a rebuild needs no more memory than a step. */
const FLUSH_ROWS = 8_192;

/** Returns the problems of the changed sources: path -> message. */
export async function updateDatabase(
  connection: DuckDBConnection,
  { changed, removed }: Pick<Changes, 'changed' | 'removed'>,
  options: ReadOptions,
): Promise<ReadonlyMap<string, string>> {
  await forgetRows(connection, [...changed, ...removed]);
  await deleteWhere(connection, 'collected', 'path', pathsOf([...changed, ...removed]));
  const problems = await addSources(connection, changed, options);
  await derive(connection);
  return problems;
}

const tablesOf = {
  stage: { key: 'stage_id', tables: ['stages', 'runs', 'metrics', 'choices', 'items'] },
  experiment: { key: 'experiment', tables: ['experiments', 'planned_stages', 'trials', 'trial_stages'] },
} as const;

type Named = Pick<Collected, 'path' | 'kind' | 'name'>;

async function forgetRows(connection: DuckDBConnection, sources: readonly Named[]): Promise<void> {
  for (const [kind, { key, tables }] of Object.entries(tablesOf)) {
    const names = sources.filter((source) => source.kind === kind).map(({ name }) => name);
    for (const table of tables) await deleteWhere(connection, table, key, names);
  }
}

/** Keys travel as one JSON text: a list parameter of unknown length. */
async function deleteWhere(
  connection: DuckDBConnection,
  table: string,
  column: string,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await connection.run(`DELETE FROM ${table} WHERE ${column} IN (SELECT unnest(from_json($keys, '["VARCHAR"]')))`, {
    keys: JSON.stringify(keys),
  });
}

const pathsOf = (sources: readonly Named[]): readonly string[] => sources.map(({ path }) => path);

async function addSources(
  connection: DuckDBConnection,
  changed: readonly RecordSource[],
  options: ReadOptions,
): Promise<ReadonlyMap<string, string>> {
  const writers = openWriters(connection);
  const problems = new Map<string, string>();
  const note = ({ path, problem }: Pick<Collected, 'path' | 'problem'>): void => {
    if (problem !== null) problems.set(path, problem);
  };
  const stages = changed.filter(({ kind }) => kind === 'stage');
  for await (const rows of readStages(stages, options)) {
    await writers.addStages(rows);
    for (const row of rows.collected) note(row);
    await writers.flush(FLUSH_ROWS);
  }
  for (const source of changed) {
    if (source.kind !== 'experiment') continue;
    const collected = addExperimentOf(writers, source);
    if (collected === 'gone') continue;
    writers.collected.add(collected);
    note(collected);
    await writers.flush(FLUSH_ROWS);
  }
  await writers.close();
  return problems;
}

/** `gone` where its file was removed meanwhile, and nothing was added. */
function addExperimentOf(writers: Writers, { path, kind, folder, files, name }: RecordSource): Collected | 'gone' {
  const file = join(folder, files[0] ?? '');
  const collected = { path, kind, name, signature: signatureOf(folder, files) };
  try {
    const record = readExperimentFile(file);
    if (record.experiment !== name)
      throw damagedFile(file, `says experiment ${record.experiment}, the folder is ${name}`);
    addExperiment(writers, record);
    return { ...collected, problem: null };
  } catch (error) {
    if (!existsSync(file)) return 'gone';
    return { ...collected, problem: messageOf(error) };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
