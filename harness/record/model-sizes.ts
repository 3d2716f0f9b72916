/** Parameters of the models of an experiment, as its plan counted them. */
import type { ResultsDatabase } from './database.ts';

/** A name that stands for models of several sizes has none. */
const select = `
  SELECT t.model, max(p.params_non_embedding) AS params
  FROM trials t
  JOIN planned_stages p ON p.experiment = t.experiment AND p.stage_id = t.evaluate_stage
  WHERE t.experiment = $experiment
  GROUP BY t.model
  HAVING min(p.params_non_embedding) = max(p.params_non_embedding)
  ORDER BY t.model`;

/** Without embeddings, by the model's name. */
export async function readModelSizes(
  database: ResultsDatabase,
  experiment: string,
): Promise<Readonly<Record<string, number>>> {
  const { rows } = await database.query(select, { experiment });
  return Object.fromEntries(rows.map(({ model, params }) => [String(model), Number(params)]));
}
