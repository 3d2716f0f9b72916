/**
 * The writing half of the collector: replaces the rows of changed sources, and derives from all of them what became of
 * each trial.
 */
import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ChangedSource } from './collect.ts';
import { readExperimentFile } from './experiment-file.ts';
import type { ExperimentRecord } from './experiment-file.ts';
import { ItemWriter } from './item-writer.ts';
import { damagedFile, numberOf, textOf } from '../store/index.ts';
import { readStoreFolder } from './store-folder.ts';
import type { StageRecord } from './store-folder.ts';
import { trialOutcomeOf } from './trial-outcome.ts';
import type { StageState } from './trial-outcome.ts';
import { TableWriter } from './write-rows.ts';

/**
 * Buffered rows of a table are written once there are this many, so that a rebuild needs no more memory than a step.
 */
const FLUSH_ROWS = 65_536;

const written = [
  'experiments',
  'planned_stages',
  'stages',
  'runs',
  'trials',
  'trial_stages',
  'metrics',
  'collected',
] as const;
type Writers = Readonly<Record<(typeof written)[number], TableWriter>>;

/** Returns the problems of the sources: path -> message. */
export async function updateDatabase(
  connection: DuckDBConnection,
  stale: readonly ChangedSource[],
  removed: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  await forget(connection, [
    ...stale.filter((source) => !source.isOnlyTouched).map((source) => source.path),
    ...removed,
  ]);
  await forgetCollected(connection, [...stale.map((source) => source.path), ...removed]);
  const writers = Object.fromEntries(written.map((table) => [table, new TableWriter(connection, table)])) as Writers;
  const items = new ItemWriter(connection);
  const problems = new Map<string, string>();
  for (const source of stale) {
    const problem = source.isOnlyTouched ? source.problem : await addSource(writers, items, source);
    if (problem !== null) problems.set(source.path, problem);
    writers.collected.addRow([source.path, source.signature, source.sha256, problem]);
    for (const writer of Object.values(writers)) if (writer.rows >= FLUSH_ROWS) await writer.flush();
  }
  for (const writer of Object.values(writers)) await writer.flush();
  await items.close();
  await deriveCosts(connection);
  await deriveTrials(connection);
  return problems;
}

async function forget(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  const stages = paths.filter((path) => path.startsWith('store/')).map((path) => basename(path));
  const experiments = paths.filter((path) => path.startsWith('experiments/')).map((path) => basename(path));
  for (const table of ['stages', 'runs', 'metrics', 'items']) await deleteWhere(connection, table, 'stage_id', stages);
  for (const table of ['experiments', 'planned_stages', 'trials', 'trial_stages'])
    await deleteWhere(connection, table, 'experiment', experiments);
}

async function forgetCollected(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  await deleteWhere(connection, 'collected', 'path', paths);
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

async function addSource(writers: Writers, items: ItemWriter, source: ChangedSource): Promise<string | null> {
  if (source.kind === 'stage') return addStage(writers, items, await readStoreFolder(source.folder, source.name));
  try {
    addExperiment(writers, readExperiment(source));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readExperiment(source: ChangedSource): ExperimentRecord {
  const path = join(source.folder, 'plan.json');
  const record = readExperimentFile(path);
  if (record.experiment !== source.name)
    throw damagedFile(path, `says experiment ${record.experiment}, the folder is ${source.name}`);
  return record;
}

async function addStage(writers: Writers, items: ItemWriter, record: StageRecord): Promise<string | null> {
  const id = record.stageId;
  const lastAttempt = record.attempts.at(-1)?.attempt ?? null;
  writers.stages.addRow([
    id,
    record.kind,
    record.fingerprint,
    record.config,
    record.inputs,
    record.outcome,
    record.cause,
    lastAttempt,
    null,
    null,
    null,
    null,
    null,
  ]);
  for (const run of record.attempts) {
    const duration = run.endedAt === null ? null : Date.parse(run.endedAt) - Date.parse(run.startedAt);
    writers.runs.addRow([
      id,
      run.attempt,
      run.startedAt,
      run.endedAt,
      duration,
      run.outcome,
      run.errorClass,
      run.message,
      run.machine,
      run.commit,
      run.isDirty,
      run.resumedFromStep,
    ]);
  }
  for (const metric of record.metrics)
    writers.metrics.addRow([id, metric.attempt, metric.step, metric.name, metric.value]);
  if (record.items !== null) await items.add(id, record.items);
  return record.problems.length === 0 ? null : record.problems.join('; ');
}

function addExperiment(writers: Writers, record: ExperimentRecord): void {
  const name = record.experiment;
  const kinds = new Map(record.stages.map((stage) => [stage.id, stage.kind]));
  writers.experiments.addRow([
    name,
    record.question,
    record.command,
    record.trials.length,
    record.excluded,
    record.duplicates,
    record.specText,
  ]);
  record.stages.forEach(({ id, kind, cost }, position) => {
    writers.planned_stages.addRow([
      name,
      id,
      kind,
      position,
      ...['steps', 'pairs', 'paramsTotal', 'paramsNonEmbedding', 'trainFlops'].map((key) => numberOf(cost, key)),
    ]);
  });
  record.trials.forEach((trial, position) => {
    const { axes } = trial;
    writers.trials.addRow([
      name,
      trial.id,
      trial.seed,
      JSON.stringify(axes),
      textOf(axes, 'architecture'),
      textOf(axes, 'arm'),
      numberOf(axes, 'pmpPairs'),
      numberOf(axes, 'pretrainPairs'),
      textOf(axes, 'task'),
      numberOf(axes, 'samples'),
      null,
      null,
      trial.evaluate,
      trial.baseline,
      position,
    ]);
    trial.stages.forEach((stage, order) =>
      writers.trial_stages.addRow([name, trial.id, stage, kinds.get(stage) ?? null, order]),
    );
  });
}

/** The plans say what a stage costs; the same stage costs the same in each of them. */
async function deriveCosts(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    'UPDATE stages SET steps = NULL, pairs = NULL, params_total = NULL, params_non_embedding = NULL, train_flops = NULL',
  );
  await connection.run(`UPDATE stages SET steps = p.steps, pairs = p.pairs, params_total = p.params_total, params_non_embedding = p.params_non_embedding, train_flops = p.train_flops
    FROM (SELECT stage_id, max(steps) AS steps, max(pairs) AS pairs, max(params_total) AS params_total, max(params_non_embedding) AS params_non_embedding, max(train_flops) AS train_flops
      FROM planned_stages GROUP BY stage_id) p WHERE stages.stage_id = p.stage_id`);
}

async function deriveTrials(connection: DuckDBConnection): Promise<void> {
  const states = new Map<string, StageState>();
  for (const [id, kind, outcome, cause] of (
    await connection.runAndReadAll('SELECT stage_id, kind, outcome, cause FROM stages')
  ).getRowsJS()) {
    states.set(String(id), {
      kind: String(kind),
      outcome: String(outcome),
      cause: cause === null ? null : String(cause),
    });
  }
  const chains =
    await connection.runAndReadAll(`SELECT t.experiment, t.trial_id, t.evaluate_stage, to_json(list(s.stage_id ORDER BY s.position) FILTER (s.stage_id IS NOT NULL))::VARCHAR
    FROM trials t LEFT JOIN trial_stages s ON s.experiment = t.experiment AND s.trial_id = t.trial_id GROUP BY ALL`);
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE trial_outcomes (experiment VARCHAR, trial_id VARCHAR, outcome VARCHAR, cause VARCHAR)',
  );
  const writer = new TableWriter(connection, 'trial_outcomes');
  for (const [experiment, trial, evaluate, chain] of chains.getRowsJS()) {
    const { outcome, cause } = trialOutcomeOf(stageIds(chain), String(evaluate), states);
    writer.addRow([String(experiment), String(trial), outcome, cause]);
  }
  await writer.flush();
  await connection.run(
    'UPDATE trials SET outcome = o.outcome, cause = o.cause FROM trial_outcomes o WHERE o.experiment = trials.experiment AND o.trial_id = trials.trial_id',
  );
}

function stageIds(json: unknown): readonly string[] {
  const ids: unknown = typeof json === 'string' ? JSON.parse(json) : [];
  return Array.isArray(ids) ? ids.map(String) : [];
}
