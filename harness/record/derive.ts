/** What follows from all stages and experiments together. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { dependsOnClock } from './clock-metrics.ts';
import { createTable } from './tables.ts';
import { type ChainStage, trialOutcomeOf } from './trial-outcome.ts';
import { TableWriter } from './write-rows.ts';

export async function derive(connection: DuckDBConnection): Promise<void> {
  await connection.run(forgetPlanned);
  await connection.run(takePlanned);
  await deriveClockMetrics(connection);
  await deriveTrials(connection);
}

/** A damaged folder does not say its kind (it has no fingerprint either); then the plan does. */
const forgetPlanned = `
UPDATE stages SET
  kind = CASE WHEN fingerprint IS NULL THEN NULL ELSE kind END,
  name = NULL,
  steps = NULL,
  pairs = NULL,
  params_total = NULL,
  params_non_embedding = NULL,
  train_flops = NULL`;

/** A stage costs the same in every plan. Where two experiments name it differently, one of the names is taken. */
const takePlanned = `
UPDATE stages SET
  kind = coalesce(stages.kind, p.kind),
  name = p.name,
  steps = p.steps,
  pairs = p.pairs,
  params_total = p.params_total,
  params_non_embedding = p.params_non_embedding,
  train_flops = p.train_flops
FROM (
  SELECT
    stage_id,
    max(kind) AS kind,
    min(name) AS name,
    max(steps) AS steps,
    max(pairs) AS pairs,
    max(params_total) AS params_total,
    max(params_non_embedding) AS params_non_embedding,
    max(train_flops) AS train_flops
  FROM planned_stages
  GROUP BY stage_id) p
WHERE stages.stage_id = p.stage_id`;

async function deriveClockMetrics(connection: DuckDBConnection): Promise<void> {
  await connection.run('DELETE FROM clock_metrics');
  const names = (await connection.runAndReadAll('SELECT DISTINCT name FROM metrics ORDER BY name')).getRowsJS();
  const writer = new TableWriter(connection, 'clock_metrics');
  for (const [name] of names) if (dependsOnClock(String(name))) writer.add({ name: String(name) });
  await writer.flush();
}

/** Every stage that a plan names, numbered: chains are lists of these numbers, as thousands of trials share stages. */
const numberStages = `
CREATE OR REPLACE TEMP TABLE chain_stages AS
SELECT
  (row_number() OVER (ORDER BY c.stage_id, c.kind) - 1)::INTEGER AS number,
  c.stage_id, c.kind AS planned_kind, coalesce(c.kind, s.kind) AS kind, s.outcome, s.error_class, s.cause
FROM (SELECT DISTINCT stage_id, kind FROM trial_stages) c
LEFT JOIN stages s ON s.stage_id = c.stage_id`;

const selectStages = `
SELECT stage_id AS id, kind, outcome, error_class AS "errorClass", cause FROM chain_stages ORDER BY number`;

const numberTrials = `
CREATE OR REPLACE TEMP TABLE chain_trials AS
SELECT
  (row_number() OVER (ORDER BY experiment, trial_id) - 1)::INTEGER AS number, experiment, trial_id, evaluate_stage
FROM trials`;

const selectTrials = 'SELECT experiment, trial_id, evaluate_stage FROM chain_trials ORDER BY number';

const selectChains = `
SELECT t.number, s.number
FROM chain_trials t
JOIN trial_stages c ON c.experiment = t.experiment AND c.trial_id = t.trial_id
JOIN chain_stages s ON s.stage_id = c.stage_id AND s.planned_kind IS NOT DISTINCT FROM c.kind
ORDER BY t.number, c.position`;

const takeOutcomes = `
UPDATE trials SET outcome = o.outcome, cause = o.cause
FROM trial_outcomes o
WHERE o.experiment = trials.experiment AND o.trial_id = trials.trial_id`;

async function deriveTrials(connection: DuckDBConnection): Promise<void> {
  await connection.run(numberStages);
  await connection.run(numberTrials);
  const stages = (await connection.runAndReadAll(selectStages)).getRowObjectsJS() as unknown as readonly ChainStage[];
  const trials = (await connection.runAndReadAll(selectTrials)).getRowsJS();
  const chains: ChainStage[][] = trials.map(() => []);
  for (const [trial, stage] of (await connection.runAndReadAll(selectChains)).getRowsJS())
    chains[Number(trial)]?.push(stages[Number(stage)] as ChainStage);
  await connection.run(createTable('trial_outcomes'));
  const writer = new TableWriter(connection, 'trial_outcomes');
  for (const [index, [experiment, trial, evaluate]] of trials.entries()) {
    const outcome = trialOutcomeOf(chains[index] ?? [], String(evaluate));
    writer.add({ experiment: String(experiment), trial_id: String(trial), ...outcome });
  }
  await writer.flush();
  await connection.run(takeOutcomes);
}
