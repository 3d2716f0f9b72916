/**
 * The final metrics of every trial of an experiment: what the view `results` says, put together here. Thousands of
 * trials share their pairs and their task, whose values go over the border once a stage and not once a trial.
 */
import type { ResultsDatabase, Row, Value } from './database.ts';
import type { TrialResult } from './trial-result.ts';

/** The stages of each trial, those that win where two of them use one name last. */
const selectRoles = `
  SELECT trial_id, list(stage_id ORDER BY rank) AS stages, list(role ORDER BY rank) AS roles
  FROM trial_roles
  WHERE experiment = $experiment
  GROUP BY trial_id`;

/** Stages with the same names of metrics are one row: `values` has those of one stage after the other. */
const selectFinals = `
  SELECT names, list(stage_id) AS stages, flatten(list(stage_values)) AS "values"
  FROM (
    SELECT stage_id, list(metric ORDER BY metric) AS names, list(value ORDER BY metric) AS stage_values
    FROM stage_finals
    WHERE stage_id IN (SELECT stage_id FROM trial_roles WHERE experiment = $experiment)
      AND metric NOT IN (SELECT name FROM clock_metrics)
    GROUP BY stage_id)
  GROUP BY names`;

type Metrics = TrialResult['metrics'];

/** Metrics of one stage: which names its values have. */
interface StageFinals {
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/** Trial id -> its metrics by name, in the order of the names. */
export async function readTrialMetrics(
  database: ResultsDatabase,
  experiment: string,
): Promise<ReadonlyMap<string, Metrics>> {
  const finals = finalsByStage((await database.query(selectFinals, { experiment })).rows);
  const { rows } = await database.query(selectRoles, { experiment });
  const places = new Places();
  return new Map(
    rows.map((row) => {
      const stages = listOf<string>(row['stages']).map((stage) => finals.get(stage) ?? nothing);
      return [String(row['trial_id']), metricsOf(stages, places.of(stages, listOf<string>(row['roles'])))];
    }),
  );
}

const nothing: StageFinals = { names: [], values: [] };

function finalsByStage(rows: readonly Row[]): ReadonlyMap<string, StageFinals> {
  return new Map(
    rows.flatMap((row) => {
      const [names, values] = [listOf<string>(row['names']), listOf<number>(row['values'])];
      return listOf<string>(row['stages']).map((stage, index): [string, StageFinals] => [
        stage,
        { names, values: values.slice(index * names.length, (index + 1) * names.length) },
      ]);
    }),
  );
}

/** Where a value of a trial stands: in which of its stages, and at which place there. */
interface Place {
  readonly name: string;
  readonly stage: number;
  readonly place: number;
}

/** Most trials have the same metrics from the same roles: their order is worked out once. */
class Places {
  readonly #numbers = new Map<readonly string[], number>();
  readonly #known = new Map<string, readonly Place[]>();

  of(stages: readonly StageFinals[], roles: readonly string[]): readonly Place[] {
    const key = stages.map(({ names }, index) => `${roles[index]} ${this.#number(names)}`).join(' ');
    const known = this.#known.get(key) ?? placesOf(stages, roles);
    this.#known.set(key, known);
    return known;
  }

  /** Stages with equal names share the list. */
  #number(names: readonly string[]): number {
    const number = this.#numbers.get(names) ?? this.#numbers.size;
    this.#numbers.set(names, number);
    return number;
  }
}

function placesOf(stages: readonly StageFinals[], roles: readonly string[]): readonly Place[] {
  const places = new Map<string, Place>();
  for (const [stage, { names }] of stages.entries())
    for (const [place, name] of names.entries()) {
      // Every rule that the task was tried with; the stage ranker has those that a trial is set beside.
      if (roles[stage] !== 'task' || !name.startsWith('ranker/')) places.set(name, { name, stage, place });
    }
  return [...places.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function metricsOf(stages: readonly StageFinals[], places: readonly Place[]): Metrics {
  const metrics: Record<string, number> = {};
  for (const { name, stage, place } of places) metrics[name] = stages[stage]?.values[place] as number;
  return metrics;
}

const listOf = <T extends Value>(value: Value | undefined): readonly T[] => (value ?? []) as readonly T[];
