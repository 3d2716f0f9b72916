/**
 * `harness status`: how far the experiments are. What has ended is known from what was collected, all else from the
 * files themselves: right also while a sweep runs, and without a database. That what was collected is still sound, the
 * next sweep looks at.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { listenForStop } from '../../run/stop-signals.ts';
import { experimentNames, readSweepLease } from '../../store/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { control, count, progressBar, type TableColumn } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { outcomeStyle } from '../output/outcome.ts';
import { experimentStatuses, type ExperimentStatus } from '../experiment-status.ts';
import type { RunningStage } from '../running-stages.ts';

interface StatusFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly watch: boolean;
}

export async function status(context: CliContext, flags: StatusFlags, experiment?: string): Promise<void> {
  if (!flags.watch) return void (await look(context, flags, experiment));
  if (flags.json)
    throw new UserError('--watch and --json: it would be many documents', {
      exitCode: 2,
      hint: 'Leave out one of them.',
    });
  await watch(context, flags, experiment);
}

const [screenEveryMs, lineEveryMs] = [2_000, 30_000];
/** An end is told soon, also where the lines come seldom. */
const lookForEndEveryMs = 1_000;

/** Until no sweep runs, or a signal. On a terminal in place; elsewhere again from time to time. */
async function watch(context: CliContext, flags: StatusFlags, experiment: string | undefined): Promise<void> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  const stopListening = listenForStop(undefined, { onStop: stop, onKill: stop });
  const isScreen = context.host.stdout.isTTY === true;
  try {
    while (!abort.signal.aborted) {
      if (isScreen) context.host.stdout.write(`${control}H${control}2J`);
      const isRunning = await look(context, flags, experiment);
      if (!isRunning) return;
      await untilNextLook(context.resultsFolder(flags.results), isScreen ? screenEveryMs : lineEveryMs, abort.signal);
    }
  } finally {
    stopListening();
  }
}

/** So long, or until no sweep runs, or told to stop. */
async function untilNextLook(folder: string, waitMs: number, signal: AbortSignal): Promise<void> {
  const begin = performance.now();
  while (!signal.aborted && performance.now() - begin < waitMs && readSweepLease(folder) !== null)
    await sleep(Math.min(waitMs, lookForEndEveryMs), undefined, { signal }).catch(() => {});
}

/** Prints how far it is now. Returns whether a sweep runs. */
async function look(context: CliContext, flags: StatusFlags, experiment: string | undefined): Promise<boolean> {
  const folder = context.resultsFolder(flags.results);
  const names = experimentNames(folder).filter((name) => experiment === undefined || name === experiment);
  if (names.length === 0) throw nothingSwept(folder, experiment);
  const sweep = readSweepLease(folder);
  const { experiments, stageNames } = await experimentStatuses(folder, names);
  if (flags.json)
    context.printJson({
      sweep: sweep === null ? null : { experiment: sweep.experiment, pid: sweep.pid, startedAt: sweep.startedAt },
      experiments: experiments.map((one) => withNames(one, stageNames)),
    });
  else {
    context.print(
      sweep === null
        ? 'no sweep is running'
        : `a sweep of ${sweep.experiment} is running (process ${sweep.pid}, since ${sweep.startedAt})`,
    );
    printTable(context, experiments);
    printDetails(context, experiments, stageNames);
  }
  return sweep !== null;
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
  const shown = (['running', 'waiting', 'failed', 'cancelled', 'diverged', 'damaged'] as const).filter(
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
  for (const { running, submitted, failed } of experiments) {
    for (const stage of running) print(describeRunning(stage, names));
    for (const { stageId, jobId } of submitted)
      print(`  submitted${jobId === null ? '' : ` as job ${jobId}`}: ${names.get(stageId) ?? ''}  ${stageId}`);
    for (const { stageId, errorClass, message } of failed)
      print(`  ${paint('red', 'failed')} (${errorClass}): ${names.get(stageId) ?? ''}  ${stageId}\n    ${message}`);
  }
  if (experiments.some(({ failed }) => failed.length > 0))
    print(callable('`harness logs ID` shows more of a failure, `harness retry --failed` runs failed stages again.'));
}

function describeRunning(stage: RunningStage, names: ReadonlyMap<string, string>): string {
  const { stageId, attempt, pid, isStopped, step, steps, loss, tokensPerSecond } = stage;
  const parts = [
    ...(isStopped ? [`stopped (\`kill -CONT ${pid}\` lets it go on)`] : []),
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
  return {
    ...status,
    running: status.running.map(named),
    submitted: status.submitted.map(named),
    failed: status.failed.map(named),
  };
}
