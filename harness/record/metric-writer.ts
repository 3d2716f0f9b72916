/** Metrics, written as codes (coded-rows.ts): a stage's id and the names of its metrics repeat row by row. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { StageMetric } from './attempts.ts';
import { NumberRows, type Words } from './coded-rows.ts';

/** The step of a final value. */
const noStep = -1e15;

export const insertMetrics = `
INSERT INTO metrics
  SELECT s.word, c.attempt, CASE WHEN c.step <> ${noStep} THEN c.step::BIGINT END, n.word, c.value
  FROM metric_codes c
  LEFT JOIN words s ON s.code = c.stage
  LEFT JOIN words n ON n.code = c.name`;

export class MetricWriter {
  readonly #words: Words;
  readonly #rows: NumberRows;

  constructor(connection: DuckDBConnection, words: Words) {
    this.#words = words;
    this.#rows = new NumberRows(connection, 'metric_codes');
  }

  async add(stageId: string, metrics: readonly StageMetric[]): Promise<void> {
    const stage = this.#words.codeOf(stageId);
    for (const { attempt, step, name, value } of metrics) {
      const isFull = this.#rows.add([stage, attempt, step ?? noStep, this.#words.codeOf(name), value]);
      if (isFull) await this.#rows.append();
    }
  }

  /** Whether there are rows for `insertMetrics`. */
  close(): Promise<boolean> {
    return this.#rows.close();
  }
}
