/**
 * A valid spec -> its plan: every stage with its fingerprint and cost, every trial with its stages. Pure: no files, no
 * clock.
 */
import { expandSweep, experimentFormat, formatPath, type ExperimentSpec } from '../spec/index.ts';
import { canonicalJson, sha256 } from './fingerprint.ts';
import type { Plan, PlannedTrial, TrialAxes } from './stage.ts';
import { TrialStages, type TrialEnd } from './trial-stages.ts';
import type { PlanInputs } from './plan-inputs.ts';

/**
 * Trials come seed by seed, then in the order of the axes, so that a first whole curve is there early; stages in the
 * order in which trials need them.
 * @throws Error if the spec was not validated before: its sweep has problems.
 */
export function planExperiment(spec: ExperimentSpec, inputs: PlanInputs): Plan {
  const { points, excluded, problems } = expandSweep(spec, experimentFormat(inputs.kinds));
  const [problem] = problems;
  if (problem !== undefined)
    throw new Error(
      `the spec was not validated: ${formatPath(problem.at)}: expected ${problem.expected}, found ${problem.found}`,
    );
  const stages = new TrialStages(inputs);
  const wanted = spec.seeds.flatMap((seed) =>
    points.filter(({ excludedSeeds }) => !excludedSeeds.has(seed)).map((point) => ({ point, seed })),
  );
  for (const { point, seed } of wanted) stages.backbones.noteBudget(point.spec, seed);
  for (const tuning of new Set(points.flatMap((point) => point.tuning ?? [])))
    for (const { spec: tried } of tuning.candidates)
      for (const seed of tuning.seeds) stages.backbones.noteBudget(tried, seed);

  const trials = new Map<string, PlannedTrial>();
  const axes = new Map(points.map((point) => [point, { ...point.axes, declared: point.declared }]));
  const name = canonicalJson(spec.name);
  for (const { point, seed } of wanted) {
    const end = stages.addTrial(point.spec, seed, point.tuning);
    const id = trialId(name, end, seed);
    if (!trials.has(id)) trials.set(id, plannedTrial(id, seed, axes.get(point) as TrialAxes, end, stages));
  }
  return {
    experiment: spec.name,
    question: spec.question,
    stages: stages.set.stages,
    trials: [...trials.values()],
    excluded,
    duplicates: wanted.length - trials.size,
  };
}

/** @param experiment Its name as canonical JSON, which the whole text is: `["name","<digest>","<digest>",seed]`. */
function trialId(experiment: string, { evaluate, baseline }: TrialEnd, seed: number): string {
  return sha256(`[${experiment},"${evaluate.fingerprint}","${baseline.fingerprint}",${seed}]`).slice(0, 12);
}

function plannedTrial(
  id: string,
  seed: number,
  axes: TrialAxes,
  { evaluate, baseline, audit, ranker }: TrialEnd,
  { set }: TrialStages,
): PlannedTrial {
  return {
    id,
    seed,
    axes,
    stages: set.needed(...(audit === null ? [] : [audit]), ranker, baseline, evaluate),
    evaluate: evaluate.id,
    baseline: baseline.id,
  };
}
