/** What a plan will still take on this machine, by what the results folder has on record. */
import { parseRecordedExperiment } from '../kinds/index.ts';
import { willRun, type Plan, type PlanExpectation } from '../plan/index.ts';
import { expectPlan } from '../run/index.ts';
import { planFile, stageIds } from '../store/index.ts';
import { roughDuration, roughRange } from '../text/index.ts';
import { explainAgainst, planOf, type LoadedPlan } from './load-plan.ts';
import { readIfWhole } from './recorded-names.ts';
import { runningStages } from './running-stages.ts';

interface Here {
  readonly resultsFolder: string;
  readonly workers: number;
  willRun(id: string): boolean;
}

export function expectHere({ plan, spec, kinds }: LoadedPlan, { workers, ...here }: Here): Promise<PlanExpectation> {
  const execution = { ...spec.execution, workers };
  return expectPlan({ plan, kinds, execution, ...here, shareDone: sharesDone(here.resultsFolder, plan, here.willRun) });
}

/** While a sweep runs, what is left of its running stages is told, as the sweep does. */
function sharesDone(
  resultsFolder: string,
  { stages }: Plan,
  willBeRun: (id: string) => boolean,
): (id: string) => number {
  const begun = new Set(stageIds(resultsFolder));
  const ids = stages.map(({ id }) => id).filter((id) => begun.has(id) && willBeRun(id));
  const running = runningStages(resultsFolder, ids);
  const shares = new Map(running.map(({ stageId, step, steps }) => [stageId, (step ?? 0) / (steps || 1)]));
  return (id) => shares.get(id) ?? 0;
}

/**
 * `about 20 min (15 to 25 min) left`, of an experiment on record with the workers that it names; null where nothing is
 * left, or its record cannot be planned here.
 */
export async function timeLeftHere(experiment: string, resultsFolder: string): Promise<string | null> {
  const file = planFile(resultsFolder, experiment);
  const record = readIfWhole(file);
  if (record === null) return null;
  const { result, ...used } = await parseRecordedExperiment(record.specText, file);
  const loaded = planOf(result.spec, used);
  const statuses = explainAgainst(loaded.plan, resultsFolder);
  const willBeRun = (id: string): boolean => willRun(statuses, id);
  if (!loaded.plan.stages.some(({ id }) => willBeRun(id))) return null;
  const { workers } = result.spec.execution;
  const { wall, low, high } = await expectHere(loaded, { resultsFolder, workers, willRun: willBeRun });
  return `about ${roughDuration(wall.seconds)} (${roughRange(low, high)}) left`;
}
