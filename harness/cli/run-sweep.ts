/**
 * A sweep as the command line runs it: progress on stderr, the database and the report kept up, and the exit code that
 * the summary means.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { collect } from '../record/index.ts';
import { exitCodeOf, sweep } from '../run/index.ts';
import type { SweepSummary } from '../run/index.ts';
import type { CliContext } from './context.ts';
import { cacheFolder } from './folders.ts';
import type { LoadedPlan } from './load-plan.ts';
import { displayProgress } from './output/progress.ts';

export interface SweepRun {
  readonly loaded: LoadedPlan;
  /** The command that continues it. */
  readonly command: string;
  readonly resultsFolder: string;
  readonly reportsFolder: string;
  /** null = as the experiment says. */
  readonly workers: number | null;
  readonly failFast: boolean;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
}

/** Prints the outcome and returns the exit code. Throws `UserError` (exit 3) where the sweep does not start. */
export async function runSweep(context: CliContext, run: SweepRun): Promise<number> {
  const { loaded, resultsFolder, isJson } = run;
  const { execution } = loaded.spec;
  const display = displayProgress(context.host.stderr, { isQuiet: run.isQuiet });
  let summary: SweepSummary;
  try {
    summary = await sweep({
      plan: loaded.plan,
      kinds: loaded.kinds,
      plugins: loaded.plugins.map(({ file, digest }) => ({ file, digest })),
      backend: execution.backend,
      backends: loaded.backends,
      specText: loaded.specText,
      command: run.command,
      resultsFolder,
      cacheFolder: resolve(cacheFolder(context.host.env)),
      execution: { ...execution, workers: run.workers ?? execution.workers },
      ...(run.workers === null ? {} : { gpuWorkers: run.workers }),
      failFast: run.failFast,
      onEvent: (event) => display.onEvent(event),
      collect: async () => void (await collect(resultsFolder)),
      onTrialsChanged: liveReport(context, run),
    });
  } finally {
    display.stop();
  }
  tellFailures(context, summary);
  const report = await keepReport(context, run, summary);
  if (isJson)
    context.printJson({
      experiment: summary.experiment,
      counts: summary.counts,
      trials: summary.trials,
      interrupted: summary.interrupted,
      failures: summary.failures,
      report: report?.folder ?? null,
    });
  else
    context.print(
      [
        ...(report?.text === undefined ? [] : [report.text]),
        describeSummary(summary, run.command),
        ...(report === null ? [] : [`report: ${report.folder}`]),
      ].join('\n'),
    );
  return exitCodeOf(summary);
}

/**
 * The report follows the records: rendered when something ran or none is there. A sweep whose report cannot be made has
 * swept all the same.
 */
async function keepReport(
  context: CliContext,
  { reportsFolder, resultsFolder }: SweepRun,
  { experiment, counts }: SweepSummary,
): Promise<{ folder: string; text?: string } | null> {
  const folder = join(reportsFolder, experiment);
  if (counts.ran + counts.failed + counts.diverged === 0 && existsSync(join(folder, 'report.json'))) return { folder };
  try {
    // Charts take as long to load as everything else together, and a finished sweep needs none.
    const { formatSummary, renderReport } = await import('../report/index.ts');
    return { folder, text: formatSummary((await renderReport({ experiment, resultsFolder, reportsFolder })).report) };
  } catch (error) {
    context.note(`harness: no report: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/**
 * Rendering takes a second or two, during which no stage starts: often enough to watch curves grow, too rarely to cost
 * anything.
 */
const liveReportEveryMs = 60_000;

/**
 * Curves appear with the first trials and refine as others finish. A report that cannot be made yet is left to the end,
 * which says why.
 */
function liveReport(
  context: CliContext,
  { loaded, resultsFolder, reportsFolder, isQuiet }: SweepRun,
): () => Promise<void> {
  let renderedMs = -Infinity;
  return async () => {
    if (performance.now() - renderedMs < liveReportEveryMs) return;
    const isFirst = renderedMs === -Infinity;
    renderedMs = performance.now();
    try {
      const { renderReport } = await import('../report/index.ts');
      const { folder } = await renderReport({ experiment: loaded.spec.name, resultsFolder, reportsFolder });
      if (isFirst && !isQuiet) context.note(`report so far: ${join(folder, 'index.html')} (refined every minute)`);
    } catch {
      // The report at the end tells the same cause, once.
    }
  };
}

function tellFailures(context: CliContext, { failures }: SweepSummary): void {
  for (const failure of failures) {
    context.note(`harness: ${failure.stageId} failed (${failure.errorClass}): ${failure.message}`);
    for (const line of failure.lastLines.slice(-10)) context.note(`  | ${line}`);
    if (failure.hint !== null) context.note(`  ${failure.hint}`);
    if (failure.log !== null) context.note(`  log: ${failure.log}`);
  }
}

function describeSummary(summary: SweepSummary, command: string): string {
  const { counts, trials, notStarted } = summary;
  const stages = [
    `${counts.ran} ran`,
    `${counts.cached} cached`,
    `${counts.failed} failed`,
    `${counts.diverged} diverged`,
    `${counts.blocked} blocked`,
    ...(notStarted > 0 ? [`${notStarted} not started`] : []),
  ];
  const complete = trials.ran + trials.cached;
  const lines = [
    `${summary.experiment}: stages: ${stages.join(', ')}`,
    `trials: ${complete} complete, ${trials.failed} failed, ${trials.diverged} diverged, ${trials.blocked} blocked`,
  ];
  if (summary.interrupted !== null)
    lines.push(`interrupted by ${summary.interrupted}, state saved; continue with: ${command}`);
  if (summary.stoppedBecause !== null)
    lines.push(`stopped early (${summary.stoppedBecause}); continue with: ${command}`);
  return lines.join('\n');
}
