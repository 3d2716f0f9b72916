/** Scores that were judged outside a sweep and kept as stages of their own (`harness/judged/`). */
import type { ResultsDatabase } from './database.ts';
import type { RecordedScores } from './recorded-audit.ts';

const selectScores = `
  SELECT
    s.stage_id,
    s.config->>'model' AS model,
    s.config->'task'->>'name' AS task,
    to_json(map_from_entries(list((f.metric, f.value) ORDER BY f.metric)))::VARCHAR AS metrics
  FROM stages s
  JOIN stage_finals f ON f.stage_id = s.stage_id
  WHERE s.kind = 'scores'
    AND (s.config->'task'->>'split') = 'test'
    AND (s.inputs->>'task') IN (
      SELECT stage_id FROM planned_stages WHERE experiment = $experiment AND kind = 'task')
  GROUP BY ALL
  ORDER BY task, model, s.stage_id`;

/** Of the test splits of an experiment's tasks, by task and model. */
export async function readScoresOf(database: ResultsDatabase, experiment: string): Promise<readonly RecordedScores[]> {
  const { rows } = await database.query(selectScores, { experiment });
  return rows.map((row) => ({
    stageId: String(row['stage_id']),
    model: String(row['model']),
    task: String(row['task']),
    metrics: JSON.parse(String(row['metrics'])) as Readonly<Record<string, number>>,
  }));
}
