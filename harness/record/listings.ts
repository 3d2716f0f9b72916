/** The listings of the command line: each a typed question to the database, answered as plain rows in a fixed order. */
import { tQuantile } from '../stats/index.ts';
import type { ResultsDatabase, Row } from './database.ts';

const trialCounts = ['completed', 'diverged', 'failed', 'blocked', 'pending']
  .map((outcome) => `    count(t.trial_id) FILTER (t.outcome = '${outcome}') AS ${outcome},`)
  .join('\n');

export async function listExperiments(database: ResultsDatabase): Promise<readonly Row[]> {
  const { rows } = await database.query(`
  SELECT
    e.experiment,
    e.trials,
${trialCounts}
    e.excluded,
    e.question
  FROM experiments e
  LEFT JOIN trials t ON t.experiment = e.experiment
  GROUP BY e.experiment, e.trials, e.excluded, e.question
  ORDER BY e.experiment`);
  return rows;
}

export interface StageFilter {
  readonly experiment?: string;
  readonly kind?: string;
  readonly outcome?: string;
}

const ofExperiment =
  '($experiment IS NULL OR stage_id IN (SELECT stage_id FROM planned_stages WHERE experiment = $experiment))';

const selectStages = `
  SELECT
    s.stage_id, s.kind, s.name, s.outcome, s.error_class, s.last_attempt AS attempts, s.steps, s.params_total,
    s.train_flops,
    sum(r.duration_ms) AS duration_ms, s.cause
  FROM (SELECT * FROM stages WHERE ${ofExperiment}) s
  LEFT JOIN runs r ON r.stage_id = s.stage_id
  WHERE ($kind IS NULL OR s.kind = $kind)
    AND ($outcome IS NULL OR s.outcome = $outcome)
  GROUP BY ALL
  ORDER BY min(r.started_at) NULLS LAST, s.stage_id`;

/** Stages that were ever started, with their time over all attempts. `name` is null where no plan names them. */
export async function listStages(database: ResultsDatabase, filter: StageFilter = {}): Promise<readonly Row[]> {
  const { experiment = null, kind = null, outcome = null } = filter;
  const { rows } = await database.query(selectStages, { experiment, kind, outcome });
  return rows;
}

const selectRuns = `
  SELECT
    stage_id, attempt, outcome, started_at, duration_ms, resumed_from_step, error_class, message, machine,
    "commit", dirty
  FROM runs
  WHERE ${ofExperiment}
    AND ($outcome IS NULL OR outcome = $outcome)
  ORDER BY started_at, stage_id, attempt`;

/** Attempts, the oldest first. */
export async function listRuns(
  database: ResultsDatabase,
  filter: { readonly experiment?: string; readonly outcome?: string } = {},
): Promise<readonly Row[]> {
  const { experiment = null, outcome = null } = filter;
  const { rows } = await database.query(selectRuns, { experiment, outcome });
  return rows;
}

/** Where the stages of an experiment were made, over all attempts. */
export interface Origins {
  /** In the order of their first attempts. */
  readonly commits: readonly string[];
  readonly machines: readonly string[];
  /** Whether any had uncommitted changes; null where nobody recorded it. */
  readonly dirty: boolean | null;
  /** ISO times of the first and the last start. */
  readonly from: string | null;
  readonly until: string | null;
}

const ofItsRuns = 'FROM runs WHERE stage_id IN (SELECT stage_id FROM planned_stages WHERE experiment = $experiment)';

const selectTexts = (column: string): string => `
  SELECT ${column} AS "text" ${ofItsRuns} AND ${column} IS NOT NULL
  GROUP BY ${column}
  ORDER BY min(started_at), ${column}`;

const selectTimes = `
  SELECT bool_or(dirty) AS dirty, min(started_at) AS "from", max(started_at) AS "until" ${ofItsRuns}`;

export async function readOrigins(database: ResultsDatabase, experiment: string): Promise<Origins> {
  const rowsOf = async (sql: string): Promise<readonly Row[]> => (await database.query(sql, { experiment })).rows;
  const texts = async (column: string): Promise<readonly string[]> =>
    (await rowsOf(selectTexts(column))).map((row) => String(row['text']));
  const [times = {}] = await rowsOf(selectTimes);
  return {
    commits: await texts('"commit"'),
    machines: await texts('machine'),
    dirty: (times['dirty'] ?? null) as boolean | null,
    from: (times['from'] ?? null) as string | null,
    until: (times['until'] ?? null) as string | null,
  };
}

export interface TrialListing {
  readonly experiment?: string;
  readonly metrics: readonly string[];
}

const axes = 't.model, t.arm, t.pretrain_pairs, t.task, t.samples';

/** One row a trial; `metrics` become columns, missing where they were not measured. */
export async function listTrials(database: ResultsDatabase, options: TrialListing): Promise<readonly Row[]> {
  const { experiment = null, metrics } = options;
  const { rows } = await database.query(selectTrials(metrics), { experiment, ...metricParameters(metrics) });
  return rows;
}

function selectTrials(metrics: readonly string[]): string {
  return `
  SELECT t.experiment, t.trial_id, ${axes}, t.seed, t.outcome, ${metricColumns(metrics)} t.cause
  FROM trials t
  LEFT JOIN results r ON r.experiment = t.experiment AND r.trial_id = t.trial_id
  WHERE $experiment IS NULL OR t.experiment = $experiment
  GROUP BY t.experiment, t.trial_id, ${axes}, t.seed, t.outcome, t.cause, t.position
  ORDER BY t.experiment, t.position`;
}

const selectGroups = `
  WITH of_group AS (
    SELECT
      t.experiment, t.trial_id, t.outcome, ${axes}, t.axes->>'declared' AS declared,
      min(t.position) OVER (PARTITION BY t.experiment, ${axes}, t.axes->>'declared') AS position
    FROM trials t
    WHERE $experiment IS NULL OR t.experiment = $experiment),
  grouped AS (
    SELECT
      experiment, model, arm, pretrain_pairs, task, samples, position,
      count(*) AS trials,
      count(*) FILTER (outcome = 'completed') AS completed
    FROM of_group
    GROUP BY ALL),
  measured AS (
    SELECT
      g.experiment, g.position, r.metric,
      avg(r.value) AS mean,
      stddev_samp(r.value) AS deviation,
      count(*) AS n
    FROM of_group g
    JOIN results r ON r.experiment = g.experiment AND r.trial_id = g.trial_id
    WHERE list_contains(from_json($metrics, '["VARCHAR"]'), r.metric)
    GROUP BY ALL)
  SELECT g.*, m.metric, m.mean, m.deviation, m.n
  FROM grouped g
  LEFT JOIN measured m ON m.experiment = g.experiment AND m.position = g.position
  ORDER BY g.experiment, g.position, m.metric`;

/**
 * Trials that differ in their seed only, as one row a metric: mean, half-width of the 95 % t interval (null below two
 * seeds), n, and how many of the trials are complete.
 */
export async function groupTrials(database: ResultsDatabase, options: TrialListing): Promise<readonly Row[]> {
  const { rows } = await database.query(selectGroups, {
    experiment: options.experiment ?? null,
    metrics: JSON.stringify(options.metrics),
  });
  return rows.map(({ deviation, ...row }) => ({ ...row, half_width: halfWidth(Number(deviation), Number(row['n'])) }));
}

function halfWidth(deviation: number, n: number): number | null {
  return n > 1 ? (tQuantile(0.975, n - 1) * deviation) / Math.sqrt(n) : null;
}

/** Names of the metrics in `results`, with the number of trials that have them. */
export async function listMetrics(database: ResultsDatabase, experiment?: string): Promise<readonly Row[]> {
  const { rows } = await database.query(
    `
  SELECT metric, count(*) AS trials
  FROM results
  WHERE $experiment IS NULL OR experiment = $experiment
  GROUP BY metric
  ORDER BY metric`,
    { experiment: experiment ?? null },
  );
  return rows;
}

/** Names of the metrics that the trials are judged by: those of their last evaluation. */
export async function listEvaluationMetrics(
  database: ResultsDatabase,
  experiment?: string,
): Promise<readonly string[]> {
  const { rows } = await database.query(
    `
  SELECT DISTINCT metric
  FROM stage_finals
  WHERE stage_id IN (
    SELECT evaluate_stage FROM trials WHERE $experiment IS NULL OR experiment = $experiment)
  ORDER BY metric`,
    { experiment: experiment ?? null },
  );
  return rows.map((row) => String(row['metric']));
}

function metricColumns(metrics: readonly string[]): string {
  return metrics
    .map((metric, index) => `max(r.value) FILTER (r.metric = $metric${index}) AS "${metric.replaceAll('"', '""')}", `)
    .join('');
}

function metricParameters(metrics: readonly string[]): Record<string, string> {
  return Object.fromEntries(metrics.map((metric, index) => [`metric${index}`, metric]));
}
