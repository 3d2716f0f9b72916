/** SPEC -> plan, and what a sweep would do with it now: the steps that `plan` and `sweep` share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { backendsWith, numericsOf, requireBackend, type Backend } from '../backends/index.ts';
import { readValidExperiment, type Kinds, type LoadedPlugin } from '../kinds/index.ts';
import {
  explainPlan,
  planExperiment,
  planInputs,
  type DoneStage,
  type Plan,
  type StageName,
  type StageStatus,
} from '../plan/index.ts';
import { expandSweep, experimentFormat, type ExperimentSpec } from '../spec/index.ts';
import { newestDone, planFile, readStoreState, stageFiles, stageFolder } from '../store/index.ts';
import { checkReportKinds } from './check-report-kinds.ts';
import { readIfWhole } from './recorded-names.ts';

export interface LoadedPlan {
  readonly spec: ExperimentSpec;
  /** The resolved experiment, overrides and `extends` worked in, as YAML that can be read again. */
  readonly specText: string;
  readonly plan: Plan;
  readonly kinds: Kinds;
  readonly plugins: readonly LoadedPlugin[];
  readonly backends: readonly Backend[];
}

/**
 * Throws `UserError` (exit 2) with every error of the file, or where a plug-in cannot be loaded.
 * @param options `withoutData`: what stages will read need not be here yet; their ids are then other ones.
 */
export async function loadPlan(
  file: string,
  overrides: readonly string[],
  options: { readonly withoutData?: boolean } = {},
): Promise<LoadedPlan> {
  const experiment = await readValidExperiment(file, overrides, options);
  await checkReportKinds(experiment);
  return planOf(experiment.result.spec, experiment);
}

export function planOf(
  spec: ExperimentSpec,
  { kinds, plugins }: { readonly kinds: Kinds; readonly plugins: readonly LoadedPlugin[] },
): LoadedPlan {
  const backends = backendsWith(plugins);
  requireBackend(spec.execution, backends);
  const plan = planExperiment(spec, {
    ...planInputs(kinds),
    numericsOf: (stage, asked) => numericsOf(stage, asked, { chosen: spec.execution.backend, registered: backends }),
  });
  const absolute = { ...spec, extends: null, plugins: plugins.map((plugin) => plugin.file) };
  return { spec, specText: stringify(absolute), plan, kinds, plugins, backends };
}

/**
 * What a plan refuses about the backend, without the plan.
 * @throws UserError (2) where the one that was chosen is not there, or cannot do what the experiment asks for.
 */
export function requireServed(
  spec: ExperimentSpec,
  { kinds, plugins }: { readonly kinds: Kinds; readonly plugins: readonly LoadedPlugin[] },
): void {
  const registered = backendsWith(plugins);
  requireBackend(spec.execution, registered);
  const { points } = expandSweep(spec, experimentFormat(kinds));
  for (const asked of new Set(points.map((point) => point.spec.numerics)))
    for (const stage of computingStages) numericsOf(stage, asked, { chosen: spec.execution.backend, registered });
}

const computingStages = [
  'pretrain',
  'decay',
  'finetune',
  'baseline',
  'evaluate',
] as const satisfies readonly StageName[];

/** Stage id -> run, cached, blocked or damaged, and why, against what lies in the results folder. */
export function explainAgainst(plan: Plan, resultsFolder: string): ReadonlyMap<string, StageStatus> {
  const states = readStoreState(resultsFolder);
  const own = stagesSweptBefore(plan.experiment, resultsFolder);
  const done = newestDone(resultsFolder).filter((id) => states.get(id) === 'done' && own.has(id));
  return explainPlan(plan, { states, done: done.flatMap((id) => describeDone(resultsFolder, id)) });
}

/** Ids of the stages that this experiment had when it was last swept; none where it was not, or cannot be read. */
function stagesSweptBefore(experiment: string, resultsFolder: string): ReadonlySet<string> {
  const record = readIfWhole(planFile(resultsFolder, experiment));
  return new Set(record?.stages.map(({ id }) => id));
}

/** Serves the explanation only: a description that cannot be read is one neighbour less to compare with. */
function describeDone(resultsFolder: string, id: string): readonly DoneStage[] {
  try {
    const { kind, config, inputs } = JSON.parse(
      readFileSync(join(stageFolder(resultsFolder, id), stageFiles.stage), 'utf8'),
    ) as DoneStage;
    return [{ id, kind, config, inputs }];
  } catch {
    return [];
  }
}
