/**
 * `harness status`: how far the experiments are. What has ended is known from what was collected, all else from the
 * files themselves: right also while a sweep runs, and without a database. That what was collected is still sound, the
 * next sweep looks at.
 */
import { experimentNames, readSweepLease } from '../../store/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { count, progressBar, type TableColumn } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { outcomeStyle } from '../output/outcome.ts';
import { experimentStatuses, type ExperimentStatus } from '../experiment-status.ts';
import type { RunningStage } from '../running-stages.ts';

export async function status(
  context: CliContext,
  flags: { readonly results?: string; readonly json: boolean },
  experiment?: string,
): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const names = experimentNames(folder).filter((name) => experiment === undefined || name === experiment);
  if (names.length === 0) throw nothingSwept(folder, experiment);
  const holder = readSweepLease(folder);
  const { experiments, stageNames } = await experimentStatuses(folder, names);
  const sweep =
    holder === null ? null : { experiment: holder.experiment, pid: holder.pid, startedAt: holder.startedAt };
  if (flags.json)
    return context.printJson({ sweep, experiments: experiments.map((one) => withNames(one, stageNames)) });
  context.print(
    sweep === null
      ? 'no sweep is running'
      : `a sweep of ${sweep.experiment} is running (process ${sweep.pid}, since ${sweep.startedAt})`,
  );
  printTable(context, experiments);
  printDetails(context, experiments, stageNames);
}

function nothingSwept(folder: string, experiment: string | undefined): UserError {
  const known = experimentNames(folder);
  return new UserError(
    `no experiment ${experiment === undefined ? '' : `${experiment} `}was swept into ${folder}`,
    known.length > 0
      ? { exitCode: 5, hint: `There are: ${known.join(', ')}.` }
      : { exitCode: 5, hint: 'Run `harness sweep SPEC` first, or name the folder with --results DIR.' },
  );
}

const barWidth = 16;

/** Counts of what is nowhere are left out. */
function printTable(context: CliContext, experiments: readonly ExperimentStatus[]): void {
  const shown = (['running', 'waiting', 'failed', 'diverged', 'damaged'] as const).filter(
    (name) => name === 'running' || experiments.some(({ stages }) => stages[name] > 0),
  );
  const columns: readonly (string | TableColumn)[] = [
    'experiment',
    { name: 'stages done', isImportant: true, style: () => 'green' },
    ...shown.map((name): TableColumn => ({ name, style: (text) => (text === '0' ? null : outcomeStyle(name)) })),
  ];
  const rows = experiments.map(({ experiment, stages }) => {
    const finished = stages.done + stages.diverged;
    const bar = progressBar(finished, stages.total, barWidth);
    return [experiment, `${bar} ${count(finished)} of ${count(stages.total)}`, ...shown.map((name) => stages[name])];
  });
  context.printTable(columns, rows);
}

function printDetails(
  { print, callable, paint }: CliContext,
  experiments: readonly ExperimentStatus[],
  names: ReadonlyMap<string, string>,
): void {
  for (const { running, failed } of experiments) {
    for (const stage of running) print(describeRunning(stage, names));
    for (const { stageId, errorClass, message } of failed)
      print(`  ${paint('red', 'failed')} (${errorClass}): ${names.get(stageId) ?? ''}  ${stageId}\n    ${message}`);
  }
  if (experiments.some(({ failed }) => failed.length > 0))
    print(callable('`harness logs ID` shows more of a failure, `harness retry --failed` runs failed stages again.'));
}

function describeRunning(stage: RunningStage, names: ReadonlyMap<string, string>): string {
  const { stageId, attempt, step, steps, loss, tokensPerSecond } = stage;
  const parts = [
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(step === null ? [] : [`step ${step}${steps === null ? '' : ` of ${steps}`}`]),
    ...(loss === null ? [] : [`loss ${loss.toFixed(4)}`]),
    ...(tokensPerSecond === null ? [] : [`${count(Math.round(tokensPerSecond))} tokens/s`]),
  ];
  return `  running: ${names.get(stageId) ?? ''}  ${stageId}${parts.length === 0 ? '' : `\n    ${parts.join(', ')}`}`;
}

function withNames(status: ExperimentStatus, names: ReadonlyMap<string, string>): ExperimentStatus {
  const named = <T extends { readonly stageId: string }>(stage: T): T & { readonly name: string | null } => ({
    ...stage,
    name: names.get(stage.stageId) ?? null,
  });
  return { ...status, running: status.running.map(named), failed: status.failed.map(named) };
}
