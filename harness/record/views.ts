/** The views: the most frequent queries, on top of the tables. */

/**
 * Final values count only from the last attempt of a completed stage: an interrupted attempt may have stated some of
 * them.
 */
const stageFinals = `
CREATE VIEW stage_finals AS
  SELECT m.stage_id, m.name AS metric, m.value
  FROM metrics m
  JOIN stages s ON s.stage_id = m.stage_id
  WHERE m.step IS NULL
    AND s.outcome = 'completed'
    AND m.attempt = s.last_attempt;`;

/** The stages whose final metrics are those of a trial; a higher rank wins where two of them use one name. */
const trialRoles = `
CREATE VIEW trial_roles AS
  WITH finetune AS (
    SELECT experiment, trial_id, arg_max(stage_id, position) AS stage_id
    FROM trial_stages
    WHERE kind = 'finetune'
    GROUP BY ALL)
  SELECT experiment, trial_id, evaluate_stage AS stage_id, 'evaluate' AS role, 4 AS rank
  FROM trials
  UNION ALL
  SELECT experiment, trial_id, baseline_stage, 'baseline', 3
  FROM trials
  UNION ALL
  SELECT experiment, trial_id, stage_id, 'finetune', 2
  FROM finetune
  UNION ALL
  SELECT f.experiment, f.trial_id, s.inputs->>'backbone', 'backbone', 1
  FROM finetune f
  JOIN stages s ON s.stage_id = f.stage_id
  WHERE s.inputs->>'backbone' IS NOT NULL
  UNION ALL
  SELECT f.experiment, f.trial_id, b.inputs->>'pairs', 'pairs', 0
  FROM finetune f
  JOIN stages s ON s.stage_id = f.stage_id
  JOIN stages b ON b.stage_id = (s.inputs->>'backbone')
  WHERE (b.inputs->>'pairs') IS NOT NULL
  UNION ALL
  SELECT experiment, trial_id, stage_id, kind, CASE kind WHEN 'task' THEN -1 ELSE 0 END
  FROM trial_stages
  WHERE kind IN ('audit', 'contamination', 'task', 'ranker');`;

/** Equal for equal work: metrics that read a clock are left out. */
const results = `
CREATE VIEW results AS
  SELECT t.experiment, t.trial_id, t.seed, t.axes, f.metric, f.value
  FROM trials t
  JOIN trial_roles r ON r.experiment = t.experiment AND r.trial_id = t.trial_id
  JOIN stage_finals f ON f.stage_id = r.stage_id
  WHERE f.metric NOT IN (SELECT name FROM clock_metrics)
    -- Every rule that the task was tried with; the stage ranker has those that a trial is set beside.
    AND NOT (r.role = 'task' AND f.metric LIKE 'ranker/%')
  QUALIFY row_number() OVER (PARTITION BY t.experiment, t.trial_id, f.metric ORDER BY r.rank DESC) = 1;`;

/** declared: the axes of the experiment's file; trials may differ in one of them alone, such as how long they train. */
const trialResults = `
CREATE VIEW trial_results AS
  SELECT
    t.experiment, t.trial_id, t.seed, t.model, t.arm, t.pmp_pairs, t.pretrain_pairs, t.task, t.samples,
    t.axes->'declared' AS declared, t.outcome, t.cause, r.metric, r.value
  FROM trials t
  LEFT JOIN results r ON r.experiment = t.experiment AND r.trial_id = t.trial_id;`;

/** Hyperparameters that were chosen for a trial on the dev split, numbers and others alike. */
const trialChoices = `
CREATE VIEW trial_choices AS
  SELECT s.experiment, s.trial_id, c.name, c.value
  FROM trial_stages s
  JOIN choices c ON c.stage_id = s.stage_id
  QUALIFY row_number() OVER (PARTITION BY s.experiment, s.trial_id, c.name ORDER BY s.position DESC) = 1;`;

/** SQL: whether all responses of a group come from one origin, as `isWithinSource` of the data has it. */
export const isWithinSource =
  "count(DISTINCT regexp_replace(i.source, '/[^/]*$', '')) = 1 AND count(i.source) = count(*) AS is_within_source";

/** A pair with a reward that is no number has no outcome. */
const pairOutcomes = `
CREATE VIEW pair_outcomes AS
  WITH rewards AS (
    SELECT
      t.experiment, t.trial_id, i.item_id, i.item_group, ${isWithinSource},
      max(i.reward) FILTER (i.is_correct) AS chosen,
      max(i.reward) FILTER (NOT i.is_correct) AS rejected
    FROM trials t
    JOIN items i ON i.stage_id = t.evaluate_stage
    WHERE i."set" = 'pairs'
      AND t.outcome = 'completed'
      AND NOT isnan(i.reward)
    GROUP BY t.experiment, t.trial_id, i.item_id, i.item_group)
  SELECT
    experiment, trial_id, item_id, item_group, is_within_source,
    CASE
      WHEN chosen > rejected THEN 1.0
      WHEN chosen = rejected THEN 0.5
      WHEN chosen < rejected THEN 0.0
    END::DOUBLE AS correct
  FROM rewards;`;

export const views = [stageFinals, trialRoles, results, trialResults, trialChoices, pairOutcomes].join('\n');
