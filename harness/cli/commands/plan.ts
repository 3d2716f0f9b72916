/** `harness plan`, also `harness sweep --dry-run`: what would run and why; nothing is run or written. */
import { formatPlan, formatStagesAndTrials, planToJson } from '../../plan/index.ts';
import type { CliContext } from '../context.ts';
import { explainAgainst, loadPlan } from '../load-plan.ts';

interface PlanFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly stages: boolean;
  readonly set?: readonly string[];
}

export async function planCommand(context: CliContext, flags: PlanFlags, file: string): Promise<void> {
  const { plan } = loadPlan(file, flags.set ?? []);
  const statuses = explainAgainst(plan, context.resultsFolder(flags.results));
  if (flags.json) return context.printJson({ ...planToJson(plan, statuses) });
  context.print(formatPlan(plan, statuses));
  if (flags.stages) context.print(`\n${formatStagesAndTrials(plan, statuses)}`);
}
