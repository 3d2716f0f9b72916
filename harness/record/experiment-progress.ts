/**
 * How far an experiment is, as it was collected: which stages have ended and need no look into their folders. A sweep
 * of thousands of trials has tens of thousands of them.
 */
import { basename, dirname } from 'node:path';
import { planFile } from '../store/index.ts';
import type { ResultsDatabase, Value } from './database.ts';
import { signatureOf } from './signature.ts';

export interface OpenStage {
  readonly id: string;
  readonly name: string | null;
}

export interface ExperimentProgress {
  readonly total: number;
  readonly done: number;
  readonly diverged: number;
  /** Not known to have ended, in the order of the plan: their folders say more. */
  readonly open: readonly OpenStage[];
}

const selectSignature = "SELECT signature FROM collected WHERE kind = 'experiment' AND name = $experiment";

const selectProgress = `
  WITH there AS (
    SELECT unnest(from_json($there, '["VARCHAR"]')) AS stage_id),
  known AS (
    SELECT
      p.stage_id, p.name, p.position,
      CASE WHEN t.stage_id IS NOT NULL AND s.outcome IN ('completed', 'diverged') THEN s.outcome END AS ended
    FROM planned_stages p
    LEFT JOIN stages s ON s.stage_id = p.stage_id
    LEFT JOIN there t ON t.stage_id = p.stage_id
    WHERE p.experiment = $experiment)
  SELECT
    count(*) AS total,
    count(*) FILTER (ended = 'completed') AS done,
    count(*) FILTER (ended = 'diverged') AS diverged,
    list({'id': stage_id, 'name': name} ORDER BY position) FILTER (ended IS NULL) AS open
  FROM known`;

/**
 * null where the plan was not collected as it is now.
 * @param there Ids of the stages that have a folder: a stage without one has not ended, whatever was collected.
 */
export async function readProgress(
  database: ResultsDatabase,
  { resultsFolder, experiment }: { readonly resultsFolder: string; readonly experiment: string },
  there: readonly string[],
): Promise<ExperimentProgress | null> {
  const [collected] = (await database.query(selectSignature, { experiment })).rows;
  const file = planFile(resultsFolder, experiment);
  const now = signatureOf(dirname(file), [basename(file)]);
  if (collected?.['signature'] !== now) return null;
  const [row = {}] = (await database.query(selectProgress, { experiment, there: JSON.stringify(there) })).rows;
  return {
    total: Number(row['total']),
    done: Number(row['done']),
    diverged: Number(row['diverged']),
    open: openStages(row['open']),
  };
}

function openStages(value: Value | undefined): readonly OpenStage[] {
  return (value ?? []) as unknown as readonly OpenStage[];
}
