/** Metrics as codes (coded-rows.ts): a stage's id and the names of its metrics repeat row by row. */
import type { StageMetric } from './attempts.ts';
import type { NumberColumns, WordCodes } from './coded-rows.ts';

/** The step of a final value. */
const noStep = -1e15;

export const insertMetrics = `
INSERT INTO metrics
  SELECT s.word, c.attempt, CASE WHEN c.step <> ${noStep} THEN c.step::BIGINT END, n.word, c.value
  FROM metric_codes c
  LEFT JOIN words s ON s.code = c.stage
  LEFT JOIN words n ON n.code = c.name`;

/** @param to Rows of `metric_codes`. */
export function addMetrics(
  to: NumberColumns,
  words: WordCodes,
  stageId: string,
  metrics: readonly StageMetric[],
): void {
  const stage = words.codeOf(stageId);
  for (const { attempt, step, name, value } of metrics)
    to.add([stage, attempt, step ?? noStep, words.codeOf(name), value]);
}
