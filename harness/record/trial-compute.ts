/**
 * What the training of each trial costs. Its chain is walked from the finetuning that was scored back to the start;
 * tuning runs, data and scoring are no part of it.
 */
import type { ResultsDatabase } from './database.ts';
import type { TrialCompute } from './trial-result.ts';

/**
 * Along inputs as planned: a segment that an earlier sweep trained in one go may be two in this plan, and costs what is
 * left of it here. A plan without inputs has those that its stages were trained with.
 */
const selectCompute = `
  WITH RECURSIVE inputs AS (
    SELECT p.stage_id, coalesce(p.inputs, s.inputs) AS of_stage
    FROM planned_stages p
    LEFT JOIN stages s ON s.stage_id = p.stage_id
    WHERE p.experiment = $experiment),
  before AS (
    SELECT stage_id, input, of_stage->>input AS of_input
    FROM inputs, (VALUES ('backbone'), ('trunk'), ('previous'), ('start')) names(input)
    WHERE of_stage->>input IS NOT NULL),
  chain AS (
    SELECT trial_id, arg_max(stage_id, position) AS stage_id, 'finetune' AS part
    FROM trial_stages
    WHERE experiment = $experiment AND kind = 'finetune'
    GROUP BY trial_id
    UNION
    SELECT c.trial_id, b.of_input, CASE WHEN 'start' IN (b.input, c.part) THEN 'start' ELSE 'pretrain' END
    FROM chain c
    JOIN before b ON b.stage_id = c.stage_id)
  SELECT
    c.trial_id,
    coalesce(sum(p.train_flops) FILTER (c.part = 'start'), 0) AS start,
    coalesce(sum(p.train_flops) FILTER (c.part = 'pretrain'), 0) AS pretrain,
    sum(p.train_flops) FILTER (c.part = 'finetune') AS finetune
  FROM chain c
  LEFT JOIN planned_stages p ON p.experiment = $experiment AND p.stage_id = c.stage_id
  GROUP BY c.trial_id
  HAVING count(*) = count(p.train_flops)
  ORDER BY c.trial_id`;

/** Trials of which a stage has no planned FLOPs are left out. */
export async function readTrialCompute(
  database: ResultsDatabase,
  experiment: string,
): Promise<readonly TrialCompute[]> {
  const { rows } = await database.query(selectCompute, { experiment });
  return rows.map(({ trial_id, start, pretrain, finetune }) => ({
    trialId: String(trial_id),
    start: Number(start),
    pretrain: Number(pretrain),
    finetune: Number(finetune),
  }));
}
