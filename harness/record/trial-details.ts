/** What a page has of single trials beside their results: their stages, and how their finetuning went. */
import type { ResultsDatabase } from './database.ts';
import type { TrainingCurve, TrialDetails } from './trial-result.ts';

const selectStages = `
  SELECT trial_id, list(stage_id ORDER BY position) AS stages
  FROM trial_stages
  WHERE experiment = $experiment
  GROUP BY trial_id
  ORDER BY min(position), trial_id`;

/** Of a curve of many steps so many points are enough for a picture: evenly chosen ones, the first and the last. */
const mostPoints = 24;

/** Where an interrupted attempt was resumed, a step counts as the last attempt has it. */
const selectCurves = `
  WITH finetune AS (
    SELECT trial_id, arg_max(stage_id, position) AS stage_id
    FROM trial_stages
    WHERE experiment = $experiment AND kind = 'finetune'
    GROUP BY trial_id),
  points AS (
    SELECT stage_id, name, step, arg_max(value, attempt) AS value
    FROM metrics
    WHERE stage_id IN (SELECT stage_id FROM finetune)
      AND name IN ('train/loss', 'train/pairwise_accuracy')
      AND step IS NOT NULL
      AND isfinite(value)
    GROUP BY ALL),
  placed AS (
    SELECT *, row_number() OVER curve AS place, count(*) OVER (PARTITION BY stage_id, name) AS points
    FROM points
    WINDOW curve AS (PARTITION BY stage_id, name ORDER BY step))
  SELECT
    f.trial_id, p.name, any_value(p.points) AS recorded,
    list(p.step::DOUBLE ORDER BY p.step) AS steps,
    list(p.value ORDER BY p.step) AS "values"
  FROM finetune f
  JOIN placed p ON p.stage_id = f.stage_id
  WHERE p.place = 1 OR p.place * ${mostPoints - 1} // p.points > (p.place - 1) * ${mostPoints - 1} // p.points
  GROUP BY f.trial_id, p.name
  ORDER BY f.trial_id, p.name`;

/** Of every trial of the experiment's last plan, in no order that means something. */
export async function readTrialDetails(
  database: ResultsDatabase,
  experiment: string,
): Promise<readonly TrialDetails[]> {
  const rowsOf = async (sql: string) => (await database.query(sql, { experiment })).rows;
  const curves = new Map<string, TrainingCurve[]>();
  for (const row of await rowsOf(selectCurves)) {
    const own = curves.get(String(row['trial_id'])) ?? [];
    const [steps, values] = [row['steps'] as readonly number[], row['values'] as readonly number[]];
    own.push({ name: String(row['name']), recorded: Number(row['recorded']), steps, values });
    curves.set(String(row['trial_id']), own);
  }
  return (await rowsOf(selectStages)).map((row) => {
    const trialId = String(row['trial_id']);
    return { trialId, stages: row['stages'] as readonly string[], curves: curves.get(trialId) ?? [] };
  });
}
