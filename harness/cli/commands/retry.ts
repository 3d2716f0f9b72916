/**
 * `harness retry --failed [--class CLASS]`: sweep again the experiments that have failed stages, as they were last
 * asked for. Diverged stages are results and stay.
 */
import { experimentNames, planFile, readStoreState, type StoreState } from '../../store/index.ts';
import { readExperimentFile, type ExperimentRecord } from '../../record/index.ts';
import { parseRecordedExperiment } from '../../kinds/index.ts';
import { stageNames } from '../../plan/index.ts';
import { UserError, type ErrorClass } from '../../spec/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { experimentNamed } from '../experiment-named.ts';
import { planOf } from '../load-plan.ts';
import { withStageName } from '../recorded-names.ts';
import { runSweep } from '../run-sweep.ts';

interface RetryFlags {
  readonly results?: string;
  readonly reports?: string;
  readonly json: boolean;
  readonly failed: boolean;
  readonly class?: ErrorClass;
  readonly jobs?: number;
  readonly quiet: boolean;
}

export async function retry(context: CliContext, flags: RetryFlags, subject?: string): Promise<void> {
  if (!flags.failed)
    throw new UserError('say what to retry', {
      exitCode: 2,
      hint: '`harness retry --failed` runs all failed stages again; with a name or file, those of one experiment.',
    });
  const experiment = subject === undefined ? undefined : await experimentNamed(subject);
  const resultsFolder = context.resultsFolder(flags.results);
  const names = experimentNames(resultsFolder).filter((name) => experiment === undefined || name === experiment);
  if (names.length === 0)
    throw new UserError(
      `no experiment ${experiment === undefined ? '' : `${experiment} `}was swept into ${resultsFolder}`,
      { exitCode: 5, hint: '`harness ls experiments` lists what was swept.' },
    );
  const failed = names
    .map((name) => readExperimentFile(planFile(resultsFolder, name)))
    .filter((record) => failedStages(record, resultsFolder, flags.class).length > 0);
  if (failed.length > 1 && flags.json)
    throw new UserError(
      `${failed.length} experiments have failed stages: ${failed.map((record) => record.experiment).join(', ')}`,
      { exitCode: 2, hint: 'With --json name one of them.' },
    );
  if (failed.length === 0)
    return flags.json
      ? context.printJson({ experiments: [] })
      : context.print(`no stage failed${classText(flags.class)}: nothing to retry`);
  let exitCode = 0;
  for (const record of failed) {
    if (!flags.quiet && !flags.json) tellRetried(context, record, resultsFolder, flags.class);
    exitCode = Math.max(exitCode, await retryOne(context, flags, record, resultsFolder));
    if (exitCode >= 128) break; // interrupted: the next experiment is not started
  }
  context.exitWith(exitCode);
}

const classText = (errorClass: ErrorClass | undefined): string =>
  errorClass === undefined ? '' : ` with the class ${errorClass}`;

function failedStages(
  { stages }: ExperimentRecord,
  resultsFolder: string,
  errorClass: ErrorClass | undefined,
): readonly string[] {
  const states = readStoreState(
    resultsFolder,
    stages.map(({ id }) => id),
  );
  return [...states].flatMap(([id, state]) => (isFailed(state, errorClass) ? [id] : []));
}

function isFailed(state: StoreState, errorClass: ErrorClass | undefined): boolean {
  if (typeof state !== 'object' || !('failed' in state)) return false;
  return errorClass === undefined || state.failed.outcome.errorClass === errorClass;
}

function tellRetried(
  context: CliContext,
  record: ExperimentRecord,
  resultsFolder: string,
  errorClass: ErrorClass | undefined,
): void {
  const ids = failedStages(record, resultsFolder, errorClass);
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
    ...(flags.class && { onlyFailed: flags.class }),
    isQuiet: flags.quiet,
    isJson: flags.json,
  });
}
