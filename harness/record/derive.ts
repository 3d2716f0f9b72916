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

const selectChains = `
SELECT
  t.experiment,
  t.trial_id,
  t.evaluate_stage,
  to_json(
    list({
      id: c.stage_id, kind: coalesce(c.kind, s.kind), outcome: s.outcome, errorClass: s.error_class, cause: s.cause
    } ORDER BY c.position)
    FILTER (c.stage_id IS NOT NULL))::VARCHAR
FROM trials t
LEFT JOIN trial_stages c ON c.experiment = t.experiment AND c.trial_id = t.trial_id
LEFT JOIN stages s ON s.stage_id = c.stage_id
GROUP BY ALL`;

const takeOutcomes = `
UPDATE trials SET outcome = o.outcome, cause = o.cause
FROM trial_outcomes o
WHERE o.experiment = trials.experiment AND o.trial_id = trials.trial_id`;

async function deriveTrials(connection: DuckDBConnection): Promise<void> {
  const chains = await connection.runAndReadAll(selectChains);
  await connection.run(createTable('trial_outcomes'));
  const writer = new TableWriter(connection, 'trial_outcomes');
  for (const [experiment, trial, evaluate, stages] of chains.getRowsJS()) {
    const chain = typeof stages === 'string' ? (JSON.parse(stages) as readonly ChainStage[]) : [];
    writer.add({
      experiment: String(experiment),
      trial_id: String(trial),
      ...trialOutcomeOf(chain, String(evaluate)),
    });
  }
  await writer.flush();
  await connection.run(takeOutcomes);
}
