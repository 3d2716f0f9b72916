/** What the report reads: trials with their final metrics, and paired outcomes for tests on the same pairs. */
import type { ResultsDatabase, Row, Value } from './database.ts';
import type { ChoiceValue } from './choices.ts';
import { readTrialMetrics } from './trial-metrics.ts';
import type { PairOutcomes, TrialOutcome, TrialResult } from './trial-result.ts';

const selectTrials = `
  SELECT
    trial_id, seed, model, arm, pmp_pairs, pretrain_pairs, task, samples, axes->>'declared' AS declared,
    outcome, cause, evaluate_stage
  FROM trials
  WHERE experiment = $experiment
  ORDER BY position`;

const selectChoices = `
  SELECT trial_id, name, value
  FROM trial_choices
  WHERE experiment = $experiment
  ORDER BY trial_id, name`;

/**
 * Every trial of the experiment's last plan, in the plan's order and with any outcome. Empty where no such experiment
 * was recorded.
 */
export async function readTrialResults(
  database: ResultsDatabase,
  experiment: string,
): Promise<{ readonly trials: readonly TrialResult[] }> {
  const rowsOf = async (sql: string) => (await database.query(sql, { experiment })).rows;
  const metrics = await readTrialMetrics(database, experiment);
  const choices = byTrial(await rowsOf(selectChoices), choiceOf);
  const trials = (await rowsOf(selectTrials)).map((row) => {
    const id = text(row['trial_id']);
    return trialResult(row, metrics.get(id) ?? {}, choices.get(id) ?? {});
  });
  return { trials };
}

function choiceOf(value: Value): ChoiceValue {
  return JSON.parse(String(value)) as ChoiceValue;
}

/** Named values by trial; the rows of a trial follow each other. */
function byTrial<T>(rows: readonly Row[], valueOf: (value: Value) => T): ReadonlyMap<string, Record<string, T>> {
  const found = new Map<string, Record<string, T>>();
  for (const row of rows) {
    const id = text(row['trial_id']);
    const values = found.get(id) ?? {};
    values[text(row['name'])] = valueOf(row['value'] ?? null);
    found.set(id, values);
  }
  return found;
}

const selectFirstResult = `
  SELECT min(r.ended_at) AS first
  FROM trials t
  JOIN runs r ON r.stage_id = t.evaluate_stage
  WHERE t.experiment = $experiment AND r.outcome = 'completed'`;

/**
 * When a trial of the experiment was first scored on its test split (ISO), in whatever experiment that was; null where
 * nobody recorded it.
 */
export async function readFirstResultTime(database: ResultsDatabase, experiment: string): Promise<string | null> {
  const [row] = (await database.query(selectFirstResult, { experiment })).rows;
  const first = row?.['first'];
  return typeof first === 'string' ? first : null;
}

const selectPairOutcomes = `
  SELECT
    t.trial_id,
    to_json(list(p.item_id ORDER BY p.item_id))::VARCHAR AS ids,
    to_json(list(p.item_group ORDER BY p.item_id))::VARCHAR AS groups,
    list(p.is_within_source ORDER BY p.item_id) AS within_source,
    list(p.correct ORDER BY p.item_id) AS correct
  FROM trials t
  JOIN pair_outcomes p ON p.experiment = t.experiment AND p.trial_id = t.trial_id
  WHERE t.experiment = $experiment AND p.correct IS NOT NULL
  GROUP BY t.trial_id, t.position
  ORDER BY t.position`;

/** Outcomes on the test pairs of every completed trial, in the plan's order: 1 right, 0.5 tie, 0 wrong. */
export async function readPairOutcomes(
  database: ResultsDatabase,
  experiment: string,
): Promise<readonly PairOutcomes[]> {
  const { rows } = await database.query(selectPairOutcomes, { experiment });
  return rows.map((row) => {
    const ids = JSON.parse(text(row['ids'])) as readonly string[];
    const groups = JSON.parse(text(row['groups'])) as readonly string[];
    const correct = row['correct'] as readonly number[];
    const isWithinSource = row['within_source'] as readonly boolean[];
    return {
      trialId: text(row['trial_id']),
      correct: new Map(ids.map((id, index) => [id, correct[index] ?? Number.NaN])),
      groups: new Map(ids.map((id, index) => [id, groups[index] ?? id])),
      withinSource: new Set(ids.filter((_, index) => isWithinSource[index])),
    };
  });
}

function trialResult(row: Row, metrics: TrialResult['metrics'], choices: TrialResult['choices']): TrialResult {
  return {
    trialId: text(row['trial_id']),
    seed: Number(row['seed']),
    model: text(row['model']),
    arm: text(row['arm']),
    pmpPairs: Number(row['pmp_pairs']),
    pretrainPairs: Number(row['pretrain_pairs']),
    task: text(row['task']),
    samples: Number(row['samples']),
    declared: declaredAxes(row['declared'] ?? null),
    outcome: text(row['outcome']) as TrialOutcome,
    cause: row['cause'] === null ? null : text(row['cause']),
    metrics,
    choices,
    evaluateStage: text(row['evaluate_stage']),
  };
}

function declaredAxes(json: Value): Record<string, string | number> {
  return json === null ? {} : (JSON.parse(String(json)) as Record<string, string | number>);
}

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
