/** `harness report SPEC`: the report of what is recorded now. Trains nothing. */
import { collect } from '../../record/index.ts';
import { formatSummary, renderReport } from '../../report/index.ts';
import { readValidExperiment } from '../../kinds/index.ts';
import type { CliContext } from '../context.ts';

interface ReportFlags {
  readonly results?: string;
  readonly reports?: string;
  readonly json: boolean;
}

export async function reportCommand(context: CliContext, flags: ReportFlags, subject: string): Promise<void> {
  const experiment = /\.ya?ml$/.test(subject) ? (await readValidExperiment(subject)).result.spec.name : subject;
  const resultsFolder = context.resultsFolder(flags.results);
  await collect(resultsFolder);
  const { folder, files, report } = await renderReport({
    experiment,
    resultsFolder,
    reportsFolder: context.reportsFolder(flags.reports),
  });
  if (flags.json) return context.printJson({ experiment, folder, files, counts: report.counts });
  context.print(formatSummary(report));
  context.print(`report: ${folder}`);
}
