/**
 * The order in which a sweep takes the stages of a plan. A comparison needs a trial of every arm, so the trials are
 * taken comparison by comparison, and not arm by arm as a plan lists them. The conductor and the predicted wall time
 * use this one order. It decides when a stage runs, never what it is.
 */
import type { Plan, PlannedStage, PlannedTrial } from './stage.ts';

/**
 * All stages, inputs before those who use them. Seed by seed; of a seed the comparison that takes the least training
 * first. Of a comparison first one trial of every arm, the one with the longest pretraining: its trunk starts at once
 * and shorter stages run beside it.
 */
export function executionOrder({ stages, trials }: Pick<Plan, 'stages' | 'trials'>): readonly PlannedStage[] {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const ordered = new Set<PlannedStage>();
  const add = (ids: readonly string[]): void => {
    for (const id of ids) ordered.add(byId.get(id) as PlannedStage);
  };
  for (const ofSeed of grouped(trials, ({ seed }) => seed))
    for (const { first, rest } of comparisonsOf(ofSeed, byId))
      for (const trial of [...first, ...rest]) add(trial.stages);
  // A plan may hold stages that no trial needs.
  for (const stage of stages) ordered.add(stage);
  return [...ordered];
}

/** In the order of their first trials. */
function grouped<Key>(
  trials: readonly PlannedTrial[],
  keyOf: (trial: PlannedTrial) => Key,
): readonly (readonly PlannedTrial[])[] {
  const groups = new Map<Key, PlannedTrial[]>();
  for (const trial of trials) {
    const key = keyOf(trial);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trial]);
    else group.push(trial);
  }
  return [...groups.values()];
}

/** Axes in which the trials of a comparison differ; the author's own labels repeat what the other axes say. */
const ofPretraining: ReadonlySet<string> = new Set(['arm', 'pmpPairs', 'pretrainPairs', 'declared']);

interface Comparison {
  /** A trial of every arm, the longest training first. */
  readonly first: readonly PlannedTrial[];
  readonly rest: readonly PlannedTrial[];
  readonly flops: number;
}

/** Trials that differ in their pretraining alone, the comparisons with the least training first. */
function comparisonsOf(
  trials: readonly PlannedTrial[],
  stages: ReadonlyMap<string, PlannedStage>,
): readonly Comparison[] {
  const groups = grouped(trials, ({ axes }) =>
    JSON.stringify(Object.entries(axes).filter(([axis]) => !ofPretraining.has(axis))),
  );
  return groups.map((group) => comparisonOf(group, stages)).sort((a, b) => a.flops - b.flops);
}

function comparisonOf(group: readonly PlannedTrial[], stages: ReadonlyMap<string, PlannedStage>): Comparison {
  const longest = new Map<string, PlannedTrial>();
  for (const trial of group) {
    const known = longest.get(trial.axes.arm);
    if (known === undefined || trial.axes.pretrainPairs > known.axes.pretrainPairs) longest.set(trial.axes.arm, trial);
  }
  const flopsOf = (ids: Iterable<string>): number =>
    [...ids].reduce((sum, id) => sum + (stages.get(id)?.cost.trainFlops ?? 0), 0);
  const first = [...longest.values()].sort((a, b) => flopsOf(b.stages) - flopsOf(a.stages));
  return {
    first,
    rest: group.filter((trial) => !first.includes(trial)),
    flops: flopsOf(new Set(first.flatMap((trial) => trial.stages))),
  };
}
