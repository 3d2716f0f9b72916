/**
 * A sweep as the command line runs it: progress on stderr, the database and the report kept up, and the exit code that
 * the summary means.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stageNames } from '../plan/index.ts';
import { collect } from '../record/index.ts';
import { exitCodeOf, listenForStop, sweep } from '../run/index.ts';
import type { StopSignal, SweepEvent, SweepSummary } from '../run/index.ts';
import { ranksOf, type ErrorClass } from '../spec/index.ts';
import { paintFor } from '../text/index.ts';
import type { CliContext } from './context.ts';
import { cacheFolder } from './folders.ts';
import { interruptedExitCodes } from './interrupted.ts';
import type { LoadedPlan } from './load-plan.ts';
import { displayProgress, type ProgressDisplay } from './output/progress.ts';
import { describeFailures, describeSummary } from './output/sweep-summary.ts';

export interface SweepRun {
  readonly loaded: LoadedPlan;
  /** The command that continues it. */
  readonly command: string;
  readonly resultsFolder: string;
  /** null = no report is drawn. */
  readonly reportsFolder: string | null;
  /** null = as the experiment says. */
  readonly workers: number | null;
  readonly failFast: boolean;
  /** Of stages that failed before, only those of this class are run again. */
  readonly onlyFailed?: ErrorClass;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
}

type ReportedRun = SweepRun & { readonly reportsFolder: string };

interface KeptReport {
  readonly folder: string;
  /** null = nothing has changed since it was drawn. */
  readonly text: string | null;
}

/** Prints the outcome and returns the exit code. Throws `UserError` (exit 3) where the sweep does not start. */
export async function runSweep(context: CliContext, run: SweepRun): Promise<number> {
  const { summary, report } = await conductSweep(context, run);
  if (run.isJson) context.printJson(documentOf(summary, report));
  else {
    if (report !== null && report.text !== null) context.print(report.text);
    for (const line of describeSummary(summary, run.command)) context.print(context.callable(line));
    if (report !== null) context.print(`report: ${join(report.folder, 'index.html')}`);
  }
  return exitCodeOf(summary);
}

export interface Conducted {
  readonly summary: SweepSummary;
  /** null where none was drawn. */
  readonly report: KeptReport | null;
}

/** The same, telling progress and failures alone. */
export async function conductSweep(context: CliContext, run: SweepRun): Promise<Conducted> {
  const names = stageNames(run.loaded.plan, run.loaded.kinds);
  const nameOf = (stageId: string): string => names.get(stageId) ?? stageId;
  const display = displayProgress(context.host.stderr, {
    isQuiet: run.isQuiet,
    nameOf,
    paint: paintFor(context.host.stderr, context.host.env),
    callable: (text) => context.callable(text),
  });
  let conducted: Conducted;
  try {
    display.status('predicting time and memory ...');
    const isOver = leaveAfterSecondSignal(context, run.command);
    const summary = await sweepShown(context, run, display).finally(isOver);
    conducted = { summary, report: await reportOf(context, run, summary, display) };
  } finally {
    display.stop();
  }
  for (const line of describeFailures(conducted.summary.failures, nameOf)) context.note(line);
  return conducted;
}

async function reportOf(
  context: CliContext,
  run: SweepRun,
  summary: SweepSummary,
  display: ProgressDisplay,
): Promise<KeptReport | null> {
  const { reportsFolder } = run;
  if (reportsFolder === null) return null;
  display.status('drawing the report ...');
  return keepReport(context, { ...run, reportsFolder }, summary, (problem) =>
    display.note(`harness: no report: ${problem}`),
  );
}

const leaveAfterMs = 3_000;

/** The sweep ends by itself after a second signal, but for work that cannot be broken off: that is not waited for. */
function leaveAfterSecondSignal({ note }: CliContext, command: string): () => void {
  let first: StopSignal = 'SIGINT';
  const leave = (): void => {
    note(`stopped at once, what was not saved is lost; continue with: ${command}`);
    process.exit(interruptedExitCodes[first]);
  };
  return listenForStop(undefined, {
    onStop: (signal) => (first = signal),
    onKill: () => void setTimeout(leave, leaveAfterMs).unref(),
  });
}

function sweepShown(context: CliContext, run: SweepRun, display: ProgressDisplay): Promise<SweepSummary> {
  const { loaded, resultsFolder, reportsFolder } = run;
  const { execution } = loaded.spec;
  return sweep({
    plan: loaded.plan,
    kinds: loaded.kinds,
    plugins: loaded.plugins.map(({ file, digest }) => ({ file, digest })),
    backend: execution.backend,
    backends: loaded.backends,
    specText: loaded.specText,
    command: run.command,
    resultsFolder,
    cacheFolder: resolve(cacheFolder(context.host.env)),
    execution: { ...execution, workers: run.workers ?? execution.workers, ranks: ranksOf(execution) },
    ...(run.workers === null ? {} : { gpuWorkers: run.workers }),
    // Inside an allocation stages run where the sweep does, and several nodes by srun.
    ...(execution.launcher === 'slurm' && context.host.env['SLURM_JOB_ID'] === undefined
      ? { slurm: execution.slurm }
      : {}),
    failFast: run.failFast,
    ...(run.onlyFailed && { onlyFailed: run.onlyFailed }),
    onEvent: (event) => display.onEvent(event),
    collect: async (checked, isSettled) => {
      const { database, rebuiltBecause } = await collect(resultsFolder, { checked, isSettled });
      if (rebuiltBecause !== null) display.onEvent(rebuiltNote(database, rebuiltBecause));
    },
    ...(reportsFolder !== null && { onTrialsChanged: liveReport({ ...run, reportsFolder }, display) }),
  });
}

function rebuiltNote(database: string, why: string): SweepEvent {
  return { type: 'note', stageId: null, text: `${database}: ${why}; built again from the files` };
}

export function documentOf(summary: SweepSummary, report: KeptReport | null): Readonly<Record<string, unknown>> {
  const { experiment, counts, cancelled, trials, interrupted, failures } = summary;
  return { experiment, counts, cancelled, trials, interrupted, failures, report: report?.folder ?? null };
}

/**
 * The report follows the records: drawn when something ran or none is there. A sweep whose report cannot be made has
 * swept all the same.
 */
async function keepReport(
  { width }: CliContext,
  run: ReportedRun,
  { experiment, counts, interrupted, wasKilled }: SweepSummary,
  onProblem: (problem: string) => void,
): Promise<KeptReport | null> {
  const folder = join(run.reportsFolder, experiment);
  const isNew = counts.ran + counts.failed + counts.diverged > 0;
  if (wasKilled || (interrupted !== null && !isNew)) return null;
  if (!isNew && existsSync(join(folder, 'report.json'))) return { folder, text: null };
  try {
    const { report, formatSummary } = await drawReport(run);
    return { folder, text: formatSummary(report, { width: width ?? undefined }) };
  } catch (error) {
    onProblem(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** Charts take as long to load as everything else together, and a finished sweep needs none. */
async function drawReport({ loaded, resultsFolder, reportsFolder }: ReportedRun) {
  const { formatSummary, renderReport, reportKinds } = await import('../report/index.ts');
  const kinds = reportKinds(loaded);
  const drawn = await renderReport({ experiment: loaded.spec.name, kinds, resultsFolder, reportsFolder });
  return { ...drawn, formatSummary };
}

/**
 * Often enough to watch curves grow. Drawing takes seconds of a core that stages could have, the more the larger the
 * experiment is: a thirtieth of the time at most.
 */
const liveReportEveryMs = 60_000;
const restPerDrawing = 29;

/**
 * Curves appear with the first trials and refine as others finish. A report that cannot be made yet is left to the end,
 * which says why.
 */
function liveReport(run: ReportedRun, display: ProgressDisplay): () => Promise<void> {
  let nextMs = -Infinity;
  let isTold = false;
  return async () => {
    const startedMs = performance.now();
    if (startedMs < nextMs) return;
    try {
      const { folder } = await drawReport(run);
      if (!isTold) display.note(`report so far: ${join(folder, 'index.html')} (drawn again now and then)`);
      isTold = true;
    } catch {
      // The report at the end tells the same cause, once.
    }
    const endedMs = performance.now();
    nextMs = Math.max(startedMs + liveReportEveryMs, endedMs + restPerDrawing * (endedMs - startedMs));
  };
}
