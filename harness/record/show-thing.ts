/** `show ID`: what the beginning of an id names, a stage, a trial or an experiment. */
import { UserError } from '../spec/user-error.ts';
import type { ResultsDatabase, Row } from './database.ts';

export type Thing =
  | {
      readonly kind: 'stage';
      readonly id: string;
      readonly stage: Row;
      readonly runs: readonly Row[];
      readonly metrics: readonly Row[];
      readonly choices: readonly Row[];
      readonly trials: readonly Row[];
    }
  | {
      readonly kind: 'trial';
      readonly id: string;
      readonly trial: Row;
      readonly stages: readonly Row[];
      readonly choices: readonly Row[];
      readonly metrics: readonly Row[];
    }
  | {
      readonly kind: 'experiment';
      readonly id: string;
      readonly experiment: Row;
      readonly outcomes: readonly Row[];
      readonly metrics: readonly Row[];
    };

/** Throws `UserError` (exit 2) when nothing, or more than one thing, begins with `prefix`. */
export async function showThing(database: ResultsDatabase, prefix: string): Promise<Thing> {
  const { kind, id } = await findThing(database, prefix);
  if (kind === 'stage') return showStage(database, id);
  return kind === 'trial' ? showTrial(database, id) : showExperiment(database, id);
}

/** A stage is also found by the beginning of the second half of its id. */
const selectThings = `
  SELECT DISTINCT kind, id
  FROM (
    SELECT 'stage' AS kind, stage_id AS id FROM stages
    UNION ALL
    SELECT 'trial', trial_id FROM trials
    UNION ALL
    SELECT 'experiment', experiment FROM experiments)
  WHERE starts_with(id, $prefix)
    OR (kind = 'stage' AND starts_with(split_part(id, '-', -1), $prefix))
  ORDER BY id = $prefix DESC, kind, id`;

/** What an id names. */
export interface FoundThing {
  readonly kind: Thing['kind'];
  readonly id: string;
}

/** Throws `UserError` (exit 2) when nothing, or more than one thing, begins with `prefix`. */
export async function findThing(database: ResultsDatabase, prefix: string): Promise<FoundThing> {
  const { rows } = await database.query(selectThings, { prefix });
  const found = rows.map((row): FoundThing => ({ kind: row['kind'] as Thing['kind'], id: String(row['id']) }));
  const [first] = found;
  if (first === undefined) throw unknownId(prefix);
  if (found.length === 1 || first.id === prefix) return first;
  throw ambiguous(prefix, found);
}

function unknownId(prefix: string): UserError {
  return new UserError(`nothing recorded has an id that begins with ${JSON.stringify(prefix)}`, {
    exitCode: 2,
    hint: 'See `harness ls stages`, `ls trials` and `ls experiments`.',
  });
}

function ambiguous(prefix: string, found: readonly FoundThing[]): UserError {
  const names = found.slice(0, 5).map(({ kind, id }) => `${kind} ${id}`);
  const some = `${names.join(', ')}${found.length > 5 ? ', ...' : ''}`;
  return new UserError(`${JSON.stringify(prefix)} is the beginning of ${found.length} ids: ${some}`, {
    exitCode: 2,
    hint: 'Give more of the id.',
  });
}

/** Rows of a query about one thing, named `$id` in it. */
async function rowsOf(database: ResultsDatabase, id: string, sql: string): Promise<readonly Row[]> {
  return (await database.query(sql, { id })).rows;
}

const selectRuns = 'SELECT * FROM runs WHERE stage_id = $id ORDER BY started_at, attempt';

const stageMetrics = `
  SELECT attempt, name, value
  FROM metrics
  WHERE stage_id = $id AND step IS NULL
  ORDER BY attempt, name`;

const stageChoices = 'SELECT name, value FROM choices WHERE stage_id = $id ORDER BY name';
const trialsOfStage = 'SELECT experiment, trial_id FROM trial_stages WHERE stage_id = $id ORDER BY ALL';

async function showStage(database: ResultsDatabase, id: string): Promise<Thing> {
  const rows = (sql: string): Promise<readonly Row[]> => rowsOf(database, id, sql);
  const [stage] = await rows('SELECT * FROM stages WHERE stage_id = $id');
  const choices = await rows(stageChoices);
  return {
    kind: 'stage',
    id,
    stage: parsed(stage ?? {}, ['config', 'inputs']),
    runs: await rows(selectRuns),
    metrics: await rows(stageMetrics),
    choices: choices.map((row) => parsed(row, ['value'])),
    trials: await rows(trialsOfStage),
  };
}

const trialStages = `
  SELECT t.stage_id, t.kind, p.name, coalesce(s.outcome, 'pending') AS outcome, s.cause
  FROM trial_stages t
  LEFT JOIN stages s ON s.stage_id = t.stage_id
  LEFT JOIN planned_stages p ON p.experiment = t.experiment AND p.stage_id = t.stage_id
  WHERE t.trial_id = $id
  ORDER BY t.position`;

const trialChoices = 'SELECT DISTINCT name, value FROM trial_choices WHERE trial_id = $id ORDER BY name';
const trialMetrics = 'SELECT metric, value FROM results WHERE trial_id = $id ORDER BY metric';

async function showTrial(database: ResultsDatabase, id: string): Promise<Thing> {
  const rows = (sql: string): Promise<readonly Row[]> => rowsOf(database, id, sql);
  const [trial] = await rows('SELECT * EXCLUDE (position) FROM trials WHERE trial_id = $id');
  const choices = await rows(trialChoices);
  return {
    kind: 'trial',
    id,
    trial: parsed(trial ?? {}, ['axes']),
    stages: await rows(trialStages),
    choices: choices.map((row) => parsed(row, ['value'])),
    metrics: await rows(trialMetrics),
  };
}

const trialCounts = `
  SELECT outcome, count(*) AS trials
  FROM trials
  WHERE experiment = $id
  GROUP BY outcome
  ORDER BY outcome`;

const metricSummaries = `
  SELECT metric, count(*) AS trials, avg(value) AS mean, min(value) AS minimum, max(value) AS maximum
  FROM results
  WHERE experiment = $id
  GROUP BY metric
  ORDER BY metric`;

async function showExperiment(database: ResultsDatabase, id: string): Promise<Thing> {
  const rows = (sql: string): Promise<readonly Row[]> => rowsOf(database, id, sql);
  const [experiment] = await rows('SELECT * FROM experiments WHERE experiment = $id');
  return {
    kind: 'experiment',
    id,
    experiment: experiment ?? {},
    outcomes: await rows(trialCounts),
    metrics: await rows(metricSummaries),
  };
}

/** JSON columns as the values they are. */
function parsed(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      columns.includes(name) && typeof value === 'string' ? JSON.parse(value) : value,
    ]),
  );
}
