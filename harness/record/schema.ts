/**
 * The DuckDB schema, as numbered migrations. The files under results/ are the truth, so a database whose applied
 * migrations are not exactly these is built again from the files instead of being altered. Column names are the
 * glossary's words in snake_case.
 */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

const tables = `
CREATE TABLE experiments (experiment VARCHAR, question VARCHAR, command VARCHAR, trials INTEGER, excluded INTEGER, duplicates INTEGER, spec_text VARCHAR);
CREATE TABLE planned_stages (experiment VARCHAR, stage_id VARCHAR, kind VARCHAR, position INTEGER, steps BIGINT, pairs BIGINT, params_total BIGINT, params_non_embedding BIGINT, train_flops DOUBLE);
CREATE TABLE stages (stage_id VARCHAR, kind VARCHAR, fingerprint VARCHAR, config JSON, inputs JSON, outcome VARCHAR, cause VARCHAR, last_attempt INTEGER,
  steps BIGINT, pairs BIGINT, params_total BIGINT, params_non_embedding BIGINT, train_flops DOUBLE);
CREATE TABLE runs (stage_id VARCHAR, attempt INTEGER, started_at TIMESTAMP, ended_at TIMESTAMP, duration_ms BIGINT, outcome VARCHAR, error_class VARCHAR, message VARCHAR,
  machine VARCHAR, commit VARCHAR, dirty BOOLEAN, resumed_from_step BIGINT);
CREATE TABLE trials (experiment VARCHAR, trial_id VARCHAR, seed BIGINT, axes JSON, architecture VARCHAR, arm VARCHAR, pmp_pairs BIGINT, pretrain_pairs BIGINT, task VARCHAR, samples BIGINT,
  outcome VARCHAR, cause VARCHAR, evaluate_stage VARCHAR, baseline_stage VARCHAR, position INTEGER);
CREATE TABLE trial_stages (experiment VARCHAR, trial_id VARCHAR, stage_id VARCHAR, kind VARCHAR, position INTEGER);
CREATE TABLE metrics (stage_id VARCHAR, attempt INTEGER, step BIGINT, name VARCHAR, value DOUBLE);
CREATE TABLE items (stage_id VARCHAR, "set" VARCHAR, item_id VARCHAR, item_group VARCHAR, candidate INTEGER, reward FLOAT, is_correct BOOLEAN, tokens INTEGER, answer VARCHAR);
CREATE TABLE collected (path VARCHAR, signature VARCHAR, sha256 VARCHAR, problem VARCHAR);`;

// Final values count only from the last attempt of a completed stage: an interrupted attempt may have stated some of
// them. A pair with a reward that is no number has no outcome. Where two stages of a trial use one name, the stage
// nearest to the evaluation wins. Speeds are a clock's word, and clocks stay out of \`results\`.
const views = `
CREATE VIEW stage_finals AS
  SELECT m.stage_id, m.name AS metric, m.value FROM metrics m JOIN stages s ON s.stage_id = m.stage_id
  WHERE m.step IS NULL AND s.outcome = 'completed' AND m.attempt = s.last_attempt;
CREATE VIEW trial_roles AS
  WITH finetune AS (SELECT experiment, trial_id, arg_max(stage_id, position) AS stage_id FROM trial_stages WHERE kind = 'finetune' GROUP BY ALL)
  SELECT experiment, trial_id, evaluate_stage AS stage_id, 'evaluate' AS role, 4 AS rank FROM trials
  UNION ALL SELECT experiment, trial_id, baseline_stage, 'baseline', 3 FROM trials
  UNION ALL SELECT experiment, trial_id, stage_id, 'finetune', 2 FROM finetune
  UNION ALL SELECT f.experiment, f.trial_id, s.inputs->>'backbone', 'backbone', 1 FROM finetune f JOIN stages s ON s.stage_id = f.stage_id WHERE s.inputs->>'backbone' IS NOT NULL;
CREATE VIEW results AS
  SELECT t.experiment, t.trial_id, t.seed, t.axes, f.metric, f.value
  FROM trials t JOIN trial_roles r ON r.experiment = t.experiment AND r.trial_id = t.trial_id JOIN stage_finals f ON f.stage_id = r.stage_id
  WHERE NOT regexp_matches(f.metric, '(_per_second|_seconds|_ms|_bytes)$')
  QUALIFY row_number() OVER (PARTITION BY t.experiment, t.trial_id, f.metric ORDER BY r.rank DESC) = 1;
CREATE VIEW trial_results AS
  SELECT t.experiment, t.trial_id, t.seed, t.architecture, t.arm, t.pmp_pairs, t.pretrain_pairs, t.task, t.samples, t.outcome, t.cause, r.metric, r.value
  FROM trials t LEFT JOIN results r ON r.experiment = t.experiment AND r.trial_id = t.trial_id;
CREATE VIEW pair_outcomes AS
  SELECT t.experiment, t.trial_id, i.item_id, i.item_group,
    CASE WHEN max(i.reward) FILTER (i.is_correct) > max(i.reward) FILTER (NOT i.is_correct) THEN 1.0
         WHEN max(i.reward) FILTER (i.is_correct) = max(i.reward) FILTER (NOT i.is_correct) THEN 0.5
         WHEN max(i.reward) FILTER (i.is_correct) < max(i.reward) FILTER (NOT i.is_correct) THEN 0.0 END::DOUBLE AS correct
  FROM trials t JOIN items i ON i.stage_id = t.evaluate_stage WHERE i."set" = 'pairs' AND t.outcome = 'completed' AND NOT isnan(i.reward)
  GROUP BY t.experiment, t.trial_id, i.item_id, i.item_group;`;

export const migrations: readonly Migration[] = [
  { version: 1, name: 'tables', sql: tables },
  { version: 2, name: 'views', sql: views },
];

export const schemaVersionTable = 'CREATE TABLE schema_version (version INTEGER, name VARCHAR)';
