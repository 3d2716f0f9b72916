/**
 * `harness report SPEC`: the report of what is recorded now. Trains nothing. Sweeps keep theirs in the results folder;
 * only `--publish` writes where git looks.
 */
import { join } from 'node:path';
import { collect } from '../../record/index.ts';
import { formatSummary, renderReport } from '../../report/index.ts';
import { readValidExperiment } from '../../kinds/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';

/** Committed, so in the folder where the command is given. */
const publishedReports = 'reports';

interface ReportFlags {
  readonly results?: string;
  readonly reports?: string;
  readonly publish: boolean;
  readonly json: boolean;
}

export async function reportCommand(context: CliContext, flags: ReportFlags, subject: string): Promise<void> {
  if (flags.publish && flags.reports !== undefined)
    throw new UserError('--publish writes to reports/, --reports to another folder', {
      exitCode: 2,
      hint: 'Give one of the two.',
    });
  const experiment = /\.ya?ml$/.test(subject) ? (await readValidExperiment(subject)).result.spec.name : subject;
  const resultsFolder = context.resultsFolder(flags.results);
  await collect(resultsFolder);
  const { folder, files, report } = await renderReport({
    experiment,
    resultsFolder,
    reportsFolder: flags.publish ? publishedReports : context.reportsFolder(flags.reports, resultsFolder),
  });
  if (flags.json) return context.printJson({ experiment, folder, files, counts: report.counts });
  context.print(formatSummary(report, context.width === null ? {} : { width: context.width }));
  context.print(`report: ${join(folder, 'index.html')}`);
}
