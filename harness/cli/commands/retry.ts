/**
 * `harness retry --failed`: sweep again the experiments that have failed stages, as they were last asked for. Diverged
 * stages are results and stay.
 */
import { experimentNames, planFile, readStoreState } from '../../store/index.ts';
import { readExperimentFile, type ExperimentRecord } from '../../record/index.ts';
import { parseRecordedExperiment } from '../../kinds/index.ts';
import { stageNames } from '../../plan/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { planOf } from '../load-plan.ts';
import { withStageName } from '../recorded-names.ts';
import { runSweep } from '../run-sweep.ts';

interface RetryFlags {
  readonly results?: string;
  readonly reports?: string;
  readonly json: boolean;
  readonly failed: boolean;
  readonly jobs?: number;
  readonly quiet: boolean;
}

export async function retry(context: CliContext, flags: RetryFlags, experiment?: string): Promise<void> {
  if (!flags.failed)
    throw new UserError('say what to retry', {
      exitCode: 2,
      hint: '`harness retry --failed` runs all failed stages again; with a name, those of one experiment.',
    });
  const resultsFolder = context.resultsFolder(flags.results);
  const names = experimentNames(resultsFolder).filter((name) => experiment === undefined || name === experiment);
  if (names.length === 0)
    throw new UserError(
      `no experiment ${experiment === undefined ? '' : `${experiment} `}was swept into ${resultsFolder}`,
      { exitCode: 5, hint: '`harness ls experiments` lists what was swept.' },
    );
  const failed = names
    .map((name) => readExperimentFile(planFile(resultsFolder, name)))
    .filter((record) => hasFailed(record, resultsFolder));
  if (failed.length > 1 && flags.json)
    throw new UserError(
      `${failed.length} experiments have failed stages: ${failed.map((record) => record.experiment).join(', ')}`,
      { exitCode: 2, hint: 'With --json name one of them.' },
    );
  if (failed.length === 0)
    return flags.json ? context.printJson({ experiments: [] }) : context.print('no stage failed: nothing to retry');
  let exitCode = 0;
  for (const record of failed) {
    if (!flags.quiet && !flags.json) tellRetried(context, record, resultsFolder);
    exitCode = Math.max(exitCode, await retryOne(context, flags, record, resultsFolder));
    if (exitCode >= 128) break; // interrupted: the next experiment is not started
  }
  context.exitWith(exitCode);
}

function hasFailed(record: ExperimentRecord, resultsFolder: string): boolean {
  return failedStages(record, resultsFolder).length > 0;
}

function failedStages({ stages }: ExperimentRecord, resultsFolder: string): readonly string[] {
  const states = readStoreState(
    resultsFolder,
    stages.map(({ id }) => id),
  );
  return [...states].flatMap(([id, state]) => (typeof state === 'object' && 'failed' in state ? [id] : []));
}

function tellRetried(context: CliContext, record: ExperimentRecord, resultsFolder: string): void {
  const ids = failedStages(record, resultsFolder);
  const names = stageNames(record);
  context.note(`${record.experiment}: running ${plural(ids.length, 'failed stage')} again`);
  for (const id of ids) context.note(`  ${withStageName(id, names)}`);
}

/** The experiment is read from its own record, where overrides and `extends` are worked in already. */
async function retryOne(
  context: CliContext,
  flags: RetryFlags,
  record: ExperimentRecord,
  resultsFolder: string,
): Promise<number> {
  const file = planFile(resultsFolder, record.experiment);
  const { result, ...used } = await parseRecordedExperiment(record.specText, file);
  return runSweep(context, {
    loaded: planOf(result.spec, used),
    command: record.command ?? `harness retry --failed ${record.experiment}`,
    resultsFolder,
    reportsFolder: context.reportsFolder(flags.reports, resultsFolder),
    workers: flags.jobs ?? null,
    failFast: false,
    isQuiet: flags.quiet,
    isJson: flags.json,
  });
}
