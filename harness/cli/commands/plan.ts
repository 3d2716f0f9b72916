/** `harness plan`, also `harness sweep --dry-run`: what would run and why; nothing is run or written. */
import { absentFrom, formatPlan, formatStagesAndTrials, planToJson, pricePlan, willRun } from '../../plan/index.ts';
import type { CliContext } from '../context.ts';
import { expectHere } from '../expect-here.ts';
import { explainAgainst, loadPlan } from '../load-plan.ts';

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
