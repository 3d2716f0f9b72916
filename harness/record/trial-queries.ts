/** What the report reads: trials with their final metrics, and paired outcomes for tests on the same pairs. */
import type { ResultsDatabase, Row, Value } from './database.ts';
import type { PairOutcomes, TrialOutcome, TrialResult } from './trial-result.ts';

/**
 * Every trial of the experiment's last plan, in the plan's order, whatever became of it. Empty where no such experiment
 * was recorded.
 */
export async function readTrialResults(
  database: ResultsDatabase,
  experiment: string,
): Promise<{ readonly trials: readonly TrialResult[] }> {
  const { rows } = await database.query(
    `SELECT trial_id, seed, architecture, arm, pmp_pairs, pretrain_pairs, task, samples, axes->>'declared' AS declared, outcome, cause, evaluate_stage
     FROM trials WHERE experiment = $experiment ORDER BY position`,
    { experiment },
  );
  const metrics = await finalMetrics(database, experiment);
  return { trials: rows.map((row) => trialResult(row, metrics.get(String(row['trial_id'])) ?? {})) };
}

/** Outcomes on the test pairs of every completed trial, in the plan's order: 1 right, 0.5 tie, 0 wrong. */
export async function readPairOutcomes(
  database: ResultsDatabase,
  experiment: string,
): Promise<readonly PairOutcomes[]> {
  const { rows } = await database.query(
    `SELECT t.trial_id, to_json(list(p.item_id ORDER BY p.item_id))::VARCHAR AS ids, list(p.correct ORDER BY p.item_id) AS correct
     FROM trials t JOIN pair_outcomes p ON p.experiment = t.experiment AND p.trial_id = t.trial_id
     WHERE t.experiment = $experiment AND p.correct IS NOT NULL GROUP BY t.trial_id, t.position ORDER BY t.position`,
    { experiment },
  );
  return rows.map((row) => {
    const correct = row['correct'] as readonly number[];
    return {
      trialId: String(row['trial_id']),
      correct: new Map(
        (JSON.parse(String(row['ids'])) as string[]).map((id, index) => [id, correct[index] ?? Number.NaN]),
      ),
    };
  });
}

async function finalMetrics(
  database: ResultsDatabase,
  experiment: string,
): Promise<ReadonlyMap<string, Record<string, number>>> {
  const { rows } = await database.query(
    'SELECT trial_id, metric, value FROM results WHERE experiment = $experiment ORDER BY trial_id, metric',
    { experiment },
  );
  const byTrial = new Map<string, Record<string, number>>();
  for (const row of rows) {
    const metrics = byTrial.get(String(row['trial_id'])) ?? {};
    metrics[String(row['metric'])] = Number(row['value']);
    byTrial.set(String(row['trial_id']), metrics);
  }
  return byTrial;
}

function trialResult(row: Row, metrics: Readonly<Record<string, number>>): TrialResult {
  return {
    trialId: text(row['trial_id']),
    seed: Number(row['seed']),
    architecture: text(row['architecture']),
    arm: text(row['arm']),
    pmpPairs: Number(row['pmp_pairs']),
    pretrainPairs: Number(row['pretrain_pairs']),
    task: text(row['task']),
    samples: Number(row['samples']),
    declared: declaredAxes(row['declared'] ?? null),
    outcome: text(row['outcome']) as TrialOutcome,
    cause: row['cause'] === null ? null : text(row['cause']),
    metrics,
    evaluateStage: text(row['evaluate_stage']),
  };
}

function declaredAxes(json: Value): Record<string, string | number> {
  return json === null ? {} : (JSON.parse(String(json)) as Record<string, string | number>);
}

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
