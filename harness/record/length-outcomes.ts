/**
 * What rankers that read nothing but the length get right, pair by pair: it follows from the recorded numbers of
 * tokens.
 */
import type { ResultsDatabase } from './database.ts';
import type { LengthOutcomes } from './trial-result.ts';
import { isWithinSource } from './views.ts';

const selectLengths = `
  WITH scored AS (
    SELECT task, arg_min(evaluate_stage, position) AS stage_id
    FROM trials
    WHERE experiment = $experiment AND outcome = 'completed'
    GROUP BY task),
  lengths AS (
    SELECT
      s.task, i.item_id, i.item_group, ${isWithinSource},
      max(i.tokens) FILTER (i.candidate = 0) AS chosen,
      max(i.tokens) FILTER (i.candidate = 1) AS rejected
    FROM scored s
    JOIN items i ON i.stage_id = s.stage_id
    WHERE i."set" = 'pairs'
    GROUP BY s.task, i.item_id, i.item_group)
  SELECT
    task,
    list((sign(chosen - rejected) + 1) / 2 ORDER BY item_id)::DOUBLE[] AS longest,
    to_json(list(item_group ORDER BY item_id))::VARCHAR AS groups,
    list(is_within_source ORDER BY item_id) AS within_source
  FROM lengths
  WHERE chosen IS NOT NULL AND rejected IS NOT NULL
  GROUP BY task
  ORDER BY task`;

/** On the test pairs of the first completed trial of each task. */
export async function readLengthOutcomes(
  database: ResultsDatabase,
  experiment: string,
): Promise<readonly LengthOutcomes[]> {
  const { rows } = await database.query(selectLengths, { experiment });
  return rows.map((row) => ({
    task: String(row['task']),
    longest: row['longest'] as unknown as readonly number[],
    groups: JSON.parse(String(row['groups'])) as readonly string[],
    isWithinSource: row['within_source'] as unknown as readonly boolean[],
  }));
}
