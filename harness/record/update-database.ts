/**
 * The writing half of the collector: replaces the rows of changed sources, and derives from all of them the outcome
 * of each trial.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { damagedFile } from '../store/index.ts';
import type { ChangedSource, Changes, Collected } from './changes.ts';
import { derive } from './derive.ts';
import { readExperimentFile } from './experiment-file.ts';
import { addExperiment } from './experiment-rows.ts';
import { readStage } from './read-stage.ts';
import { addStage } from './stage-rows.ts';
import { type Writers, openWriters } from './writers.ts';

/** Rows are written once a table has this many, so that a rebuild needs no more memory than a step. */
const FLUSH_ROWS = 65_536;

/** Returns the problems of the changed sources: path -> message. */
export async function updateDatabase(
  connection: DuckDBConnection,
  { changed, removed }: Pick<Changes, 'changed' | 'removed'>,
): Promise<ReadonlyMap<string, string>> {
  await forgetRows(connection, [...changed, ...removed]);
  await deleteWhere(connection, 'collected', 'path', pathsOf([...changed, ...removed]));
  const problems = await addSources(connection, changed);
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
  changed: readonly ChangedSource[],
): Promise<ReadonlyMap<string, string>> {
  const writers = openWriters(connection);
  const problems = new Map<string, string>();
  for (const source of changed) {
    const problem = await addSource(writers, source);
    if (problem === 'gone') continue;
    if (problem !== null) problems.set(source.path, problem);
    addCollected(writers, source, problem);
    await writers.flush(FLUSH_ROWS);
  }
  await writers.close();
  return problems;
}

function addCollected(writers: Writers, source: ChangedSource, problem: string | null): void {
  const { path, kind, name, signature } = source;
  writers.collected.add({ path, kind, name, signature, problem });
}

/** The problem of the source, or null; `gone` where its folder was removed meanwhile, and nothing was added. */
async function addSource(writers: Writers, source: ChangedSource): Promise<string | null> {
  const { glance, folder, name } = source;
  if (glance === null) return addExperimentOf(writers, source);
  const record = await readStage(folder, name, glance);
  if (record.outcome === 'damaged' && !existsSync(folder)) return 'gone';
  await addStage(writers, record);
  return record.problems.length === 0 ? null : record.problems.join('; ');
}

function addExperimentOf(writers: Writers, { folder, files, name }: ChangedSource): string | null {
  const path = join(folder, files[0] ?? '');
  try {
    const record = readExperimentFile(path);
    if (record.experiment !== name)
      throw damagedFile(path, `says experiment ${record.experiment}, the folder is ${name}`);
    addExperiment(writers, record);
    return null;
  } catch (error) {
    if (!existsSync(path)) return 'gone';
    return error instanceof Error ? error.message : String(error);
  }
}
