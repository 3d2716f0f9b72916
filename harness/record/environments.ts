/** Code and processor that the results of trials were computed with: curves that mix them are flagged. */
import type { ResultsDatabase } from './database.ts';
import type { TrialEnvironments } from './trial-result.ts';

/**
 * A machine is its host, processor and platform. Of these only the processor decides what is computed: hosts of one
 * cluster are alike.
 */
const select = `
  WITH last_runs AS (
    SELECT stage_id, arg_max("commit", attempt) AS "commit", arg_max(dirty, attempt) AS dirty,
      arg_max(machine, attempt) AS machine
    FROM runs
    GROUP BY stage_id)
  SELECT c.trial_id, to_json(list(DISTINCT concat_ws(', ',
      'commit ' || left(r."commit", 12) || CASE WHEN r.dirty THEN ' with changes' ELSE '' END,
      split_part(r.machine, ', ', 2))))::VARCHAR AS environments
  FROM trial_stages c
  JOIN stages s ON s.stage_id = c.stage_id AND s.kind IN ('pretrain', 'decay', 'finetune', 'evaluate')
  JOIN last_runs r ON r.stage_id = c.stage_id
  WHERE c.experiment = $experiment
  GROUP BY c.trial_id
  ORDER BY c.trial_id`;

export async function readEnvironments(
  database: ResultsDatabase,
  experiment: string,
): Promise<readonly TrialEnvironments[]> {
  const { rows } = await database.query(select, { experiment });
  return rows.map((row) => ({
    trialId: String(row['trial_id']),
    environments: (JSON.parse(String(row['environments'])) as string[]).filter((text) => text !== '').toSorted(),
  }));
}
