/** SPEC -> plan, and what a sweep would do with it now: the steps that `plan` and `sweep` share. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { backendOf, backendsWith, requireBackend, type Backend } from '../backends/index.ts';
import { readValidExperiment, type Kinds, type LoadedPlugin } from '../kinds/index.ts';
import { explainPlan, planExperiment, planInputs, type DoneStage, type Plan, type StageStatus } from '../plan/index.ts';
import { readExperimentFile } from '../record/index.ts';
import type { ExperimentSpec } from '../spec/index.ts';
import { planFile, readStoreState, stageFiles, stageFolder } from '../store/index.ts';
import { checkReportKinds } from './check-report-kinds.ts';

export interface LoadedPlan {
  readonly spec: ExperimentSpec;
  /** The resolved experiment, overrides and `extends` worked in, as YAML that can be read again. */
  readonly specText: string;
  readonly plan: Plan;
  readonly kinds: Kinds;
  readonly plugins: readonly LoadedPlugin[];
  readonly backends: readonly Backend[];
}

/** Throws `UserError` (exit 2) with every error of the file, or where a plug-in cannot be loaded. */
export async function loadPlan(file: string, overrides: readonly string[]): Promise<LoadedPlan> {
  const experiment = await readValidExperiment(file, overrides);
  await checkReportKinds(experiment);
  return planOf(experiment.result.spec, experiment);
}

export function planOf(
  spec: ExperimentSpec,
  { kinds, plugins }: { readonly kinds: Kinds; readonly plugins: readonly LoadedPlugin[] },
): LoadedPlan {
  const backends = backendsWith(plugins);
  requireBackend(spec.execution.backend, backends);
  const plan = planExperiment(spec, {
    ...planInputs(kinds),
    numericsOf: (stage) => backendOf(stage, spec.execution.backend, backends).numerics,
  });
  const absolute = { ...spec, extends: null, plugins: plugins.map((plugin) => plugin.file) };
  return { spec, specText: stringify(absolute), plan, kinds, plugins, backends };
}

/** Stage id -> run, cached, blocked or damaged, and why, against what lies in the results folder. */
export function explainAgainst(plan: Plan, resultsFolder: string): ReadonlyMap<string, StageStatus> {
  const states = readStoreState(resultsFolder);
  const own = stagesSweptBefore(plan.experiment, resultsFolder);
  const done = [...states].filter(([id, state]) => state === 'done' && own.has(id)).map(([id]) => id);
  return explainPlan(plan, {
    states,
    done: newestFirst(resultsFolder, done).flatMap((id) => describeDone(resultsFolder, id)),
  });
}

/** Ids of the stages that this experiment had when it was last swept; none where it was not, or cannot be read. */
function stagesSweptBefore(experiment: string, resultsFolder: string): ReadonlySet<string> {
  const file = planFile(resultsFolder, experiment);
  try {
    return new Set(readExperimentFile(file).stages.map(({ id }) => id));
  } catch {
    return new Set();
  }
}

function newestFirst(resultsFolder: string, ids: readonly string[]): readonly string[] {
  const timed = ids.map((id) => ({
    id,
    time: statSync(join(stageFolder(resultsFolder, id), stageFiles.done), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  }));
  return timed.sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
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
