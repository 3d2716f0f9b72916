/** `harness plan`, also `harness sweep --dry-run`: what would run and why; nothing is run or written. */
import { formatPlan, formatStagesAndTrials, planToJson, willRun, type Plan } from '../../plan/index.ts';
import type { CliContext } from '../context.ts';
import { expectPlan } from '../../run/index.ts';
import { explainAgainst, loadPlan } from '../load-plan.ts';
import { stageIds } from '../../store/index.ts';
import { runningStages } from '../running-stages.ts';

interface PlanFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly stages: boolean;
  readonly jobs?: number;
  readonly set?: readonly string[];
}

export async function planCommand(context: CliContext, flags: PlanFlags, file: string): Promise<void> {
  const { plan, spec, kinds } = await loadPlan(file, flags.set ?? []);
  const resultsFolder = context.resultsFolder(flags.results);
  const statuses = explainAgainst(plan, resultsFolder);
  const expectation = await expectPlan({
    plan,
    kinds,
    resultsFolder,
    execution: { ...spec.execution, workers: flags.jobs ?? spec.execution.workers },
    willRun: (id) => willRun(statuses, id),
    shareDone: sharesDone(resultsFolder, plan, (id) => willRun(statuses, id)),
  });
  if (flags.json) return context.printJson({ ...planToJson(plan, statuses, expectation, kinds) });
  const options = { width: context.width, paint: context.paint, arms: kinds.arms };
  context.print(formatPlan(plan, statuses, expectation, options));
  if (flags.stages) context.print(`\n${formatStagesAndTrials(plan, statuses, expectation, options)}`);
}

/** While a sweep runs, what is left of its running stages is told, as the sweep does. */
function sharesDone(resultsFolder: string, { stages }: Plan, willRun: (id: string) => boolean): (id: string) => number {
  const begun = new Set(stageIds(resultsFolder));
  const ids = stages.map(({ id }) => id).filter((id) => begun.has(id) && willRun(id));
  const running = runningStages(resultsFolder, ids);
  const shares = new Map(running.map(({ stageId, step, steps }) => [stageId, (step ?? 0) / (steps || 1)]));
  return (id) => shares.get(id) ?? 0;
}
