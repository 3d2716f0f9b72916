/** Metrics of two things on record, side by side; of two experiments over the trials that both have. */
import { pairedComparison, type PairedComparison } from '../stats/index.ts';
import type { ResultsDatabase, Row } from './database.ts';
import type { FoundThing } from './show-thing.ts';

/** null where one of them lacks it. */
export interface MetricOfBoth {
  readonly name: string;
  readonly a: number | null;
  readonly b: number | null;
}

const finals = {
  stage: `
    SELECT metric AS name, value
    FROM stage_finals
    WHERE stage_id = $id AND metric NOT IN (SELECT name FROM clock_metrics)`,
  trial: 'SELECT metric AS name, value FROM results WHERE trial_id = $id',
} as const;

/** Final values of two stages or two trials, by name; what a clock said is left out. */
export async function readMetricsOfBoth(
  database: ResultsDatabase,
  kind: keyof typeof finals,
  a: string,
  b: string,
): Promise<readonly MetricOfBoth[]> {
  const valuesOf = async (id: string): Promise<ReadonlyMap<string, number>> => {
    const { rows } = await database.query(finals[kind], { id });
    return new Map(rows.map((row) => [String(row['name']), Number(row['value'])]));
  };
  const [first, second] = [await valuesOf(a), await valuesOf(b)];
  const names = [...new Set([...first.keys(), ...second.keys()])].sort();
  return names.map((name) => ({ name, a: first.get(name) ?? null, b: second.get(name) ?? null }));
}

/** One metric at one point of the axes, over the seeds that both experiments have there. */
export interface MetricOverSeeds {
  readonly axes: Row;
  readonly metric: string;
  readonly a: number;
  readonly b: number;
  /** B minus A, a difference a seed. */
  readonly difference: PairedComparison;
}

/**
 * Labels of the author's own count only where an experiment has several trials of one seed at one point without them:
 * two experiments may name the same point differently.
 */
const pairedTrials = `
  WITH points AS (
    SELECT
      t.experiment, t.trial_id, t.seed, t.model, t.arm, t.pretrain_pairs, t.task, t.samples,
      CASE WHEN count(*) OVER same > 1 THEN t.axes->>'declared' END AS declared
    FROM trials t
    WHERE t.experiment IN ($a, $b)
    WINDOW same AS (PARTITION BY t.experiment, t.seed, t.model, t.arm, t.pretrain_pairs, t.task, t.samples)),
  measured AS (
    SELECT p.*, r.metric, r.value
    FROM points p
    JOIN results r ON r.experiment = p.experiment AND r.trial_id = p.trial_id
    WHERE list_contains(from_json($metrics, '["VARCHAR"]'), r.metric))
  SELECT
    a.model, a.arm, a.pretrain_pairs, a.task, a.samples, a.declared, a.metric,
    avg(a.value) AS a, avg(b.value) AS b, list(b.value - a.value ORDER BY a.seed) AS differences
  FROM measured a
  JOIN measured b
    ON b.seed = a.seed AND b.metric = a.metric AND b.model = a.model AND b.arm = a.arm
    AND b.pretrain_pairs = a.pretrain_pairs AND b.task = a.task AND b.samples = a.samples
    AND b.declared IS NOT DISTINCT FROM a.declared
  WHERE a.experiment = $a AND b.experiment = $b
  GROUP BY ALL
  ORDER BY ALL`;

/** Empty where they have no trial with these metrics in common. */
export async function readMetricsOverSeeds(
  database: ResultsDatabase,
  { a, b }: { readonly a: string; readonly b: string },
  metrics: readonly string[],
): Promise<readonly MetricOverSeeds[]> {
  const { rows } = await database.query(pairedTrials, { a, b, metrics: JSON.stringify(metrics) });
  return rows.map(({ metric, a: first, b: second, differences, ...axes }) => ({
    axes,
    metric: String(metric),
    a: Number(first),
    b: Number(second),
    difference: pairedComparison(differences as readonly number[]),
  }));
}

const stagesOf: Readonly<Record<FoundThing['kind'], string>> = {
  stage: 'SELECT $id AS stage_id',
  trial: 'SELECT stage_id FROM trial_stages WHERE trial_id = $id ORDER BY position',
  experiment: 'SELECT stage_id FROM planned_stages WHERE experiment = $id ORDER BY position',
};

/** Ids of the stages that make a thing: itself, those of a trial, or those in the plan of an experiment. */
export async function readStagesOf(database: ResultsDatabase, { kind, id }: FoundThing): Promise<readonly string[]> {
  return (await database.query(stagesOf[kind], { id })).rows.map((row) => String(row['stage_id']));
}

/** The stage that a trial is judged by, with the items that it scored. */
export async function readEvaluateStage(database: ResultsDatabase, trialId: string): Promise<string> {
  const { rows } = await database.query('SELECT evaluate_stage FROM trials WHERE trial_id = $id', { id: trialId });
  return String(rows[0]?.['evaluate_stage']);
}

/** The experiment file as it was resolved by the last sweep. */
export async function readSpecText(database: ResultsDatabase, experiment: string): Promise<string> {
  const sql = 'SELECT spec_text FROM experiments WHERE experiment = $experiment';
  return String((await database.query(sql, { experiment })).rows[0]?.['spec_text'] ?? '');
}
