/** `harness plan`, also `harness sweep --dry-run`: what would run and why; nothing is run or written. */
import {
  absentFrom,
  formatPlan,
  formatStagesAndTrials,
  planToJson,
  pricePlan,
  willRun,
  type Plan,
  type PlanExpectation,
} from '../../plan/index.ts';
import type { CliContext } from '../context.ts';
import { expectPlan } from '../../run/index.ts';
import { explainAgainst, loadPlan, type LoadedPlan } from '../load-plan.ts';
import { stageIds } from '../../store/index.ts';
import { runningStages } from '../running-stages.ts';

interface PlanFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly stages: boolean;
  readonly jobs?: number;
  readonly set?: readonly string[];
}

/** On this machine by what it has on record; on the accelerators that the experiment names by their datasheets. */
export async function planCommand(context: CliContext, flags: PlanFlags, file: string): Promise<void> {
  const loaded = await loadPlan(file, flags.set ?? [], { withoutData: true });
  const { plan, spec, kinds } = loaded;
  const resultsFolder = context.resultsFolder(flags.results);
  const statuses = explainAgainst(plan, resultsFolder);
  const willBeRun = (id: string): boolean => willRun(statuses, id);
  const price = pricePlan(plan, spec.execution, willBeRun);
  const workers = flags.jobs ?? spec.execution.workers;
  const expectation = price === null ? await expectHere(loaded, { resultsFolder, workers, willRun: willBeRun }) : null;
  const options = { arms: kinds.arms, price, absent: absentFrom(spec, kinds) };
  if (flags.json) return context.printJson({ ...planToJson(plan, statuses, expectation, options) });
  const shown = { ...options, width: context.width, paint: context.paint };
  context.print(formatPlan(plan, statuses, expectation, shown));
  if (flags.stages) context.print(`\n${formatStagesAndTrials(plan, statuses, expectation, shown)}`);
}

interface Here {
  readonly resultsFolder: string;
  readonly workers: number;
  willRun(id: string): boolean;
}

function expectHere({ plan, spec, kinds }: LoadedPlan, { workers, ...here }: Here): Promise<PlanExpectation> {
  const execution = { ...spec.execution, workers };
  return expectPlan({ plan, kinds, execution, ...here, shareDone: sharesDone(here.resultsFolder, plan, here.willRun) });
}

/** While a sweep runs, what is left of its running stages is told, as the sweep does. */
function sharesDone(resultsFolder: string, { stages }: Plan, willRun: (id: string) => boolean): (id: string) => number {
  const begun = new Set(stageIds(resultsFolder));
  const ids = stages.map(({ id }) => id).filter((id) => begun.has(id) && willRun(id));
  const running = runningStages(resultsFolder, ids);
  const shares = new Map(running.map(({ stageId, step, steps }) => [stageId, (step ?? 0) / (steps || 1)]));
  return (id) => shares.get(id) ?? 0;
}
