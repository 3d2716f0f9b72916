/**
 * `harness status`: how far the experiments are, from the files themselves: right also while a sweep runs, and without
 * a database.
 */
import { experimentNames, planFile, readStoreState, readSweepLease, type StoreState } from '../../store/index.ts';
import { readExperimentFile } from '../../record/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { count, progressBar, type TableColumn } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { outcomeStyle } from '../output/outcome.ts';
import { recordedNames } from '../recorded-names.ts';
import { runningStages, type RunningStage } from '../running-stages.ts';

interface ExperimentStatus {
  readonly experiment: string;
  readonly stages: Readonly<Record<(typeof stageCounts)[number], number>>;
  readonly running: readonly RunningStage[];
  readonly failed: readonly { readonly stageId: string; readonly message: string }[];
}

const stageCounts = ['total', 'done', 'diverged', 'failed', 'damaged', 'running', 'waiting'] as const;

export async function status(
  context: CliContext,
  flags: { readonly results?: string; readonly json: boolean },
  experiment?: string,
): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const names = experimentNames(folder).filter((name) => experiment === undefined || name === experiment);
  if (names.length === 0) throw nothingSwept(folder, experiment);
  const holder = readSweepLease(folder);
  const stageNames = recordedNames(folder);
  const experiments = names.map((name) => statusOf(folder, name));
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
    for (const { stageId, message } of failed)
      print(`  ${paint('red', 'failed')}: ${names.get(stageId) ?? ''}  ${stageId}\n    ${message}`);
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

function statusOf(folder: string, experiment: string): ExperimentStatus {
  const ids = readExperimentFile(planFile(folder, experiment)).stages.map(({ id }) => id);
  const states = readStoreState(folder, ids);
  const running = runningStages(
    folder,
    ids.filter((id) => states.get(id) !== 'done'),
  );
  const active = new Set(running.map(({ stageId }) => stageId));
  const idle = ids.filter((id) => !active.has(id));
  const failed = idle.flatMap((id) => {
    const state = states.get(id);
    return typeof state === 'object' && 'failed' in state
      ? [{ stageId: id, message: state.failed.outcome.message }]
      : [];
  });
  const number = (isSo: (state: StoreState | undefined) => boolean): number =>
    idle.filter((id) => isSo(states.get(id))).length;
  const isKind =
    (kind: string) =>
    (state: StoreState | undefined): boolean =>
      typeof state === 'object' && kind in state;
  return {
    experiment,
    running,
    failed,
    stages: {
      total: ids.length,
      done: number((state) => state === 'done'),
      diverged: number(isKind('diverged')),
      failed: failed.length,
      damaged: number(isKind('damaged')),
      running: running.length,
      waiting: number((state) => state === 'absent' || state === undefined),
    },
  };
}
