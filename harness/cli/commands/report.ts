/**
 * `harness report SPEC`: the report of what is recorded now. Trains nothing. Sweeps keep theirs in the results folder;
 * only `--publish` writes where git looks.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { collect, readExperimentFile } from '../../record/index.ts';
import {
  formatSummary,
  recordedReportKinds,
  renderReport,
  reportKinds,
  type FigureSize,
  type ReportKinds,
} from '../../report/index.ts';
import { readValidExperiment } from '../../kinds/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { planFile } from '../../store/index.ts';
import type { CliContext } from '../context.ts';
import { reportsPlace } from '../reports-place.ts';
import { isSpecFile } from '../spec-file.ts';
import { watchReport } from '../watch-report.ts';

interface ReportFlags {
  readonly results?: string;
  readonly reports?: string;
  readonly publish: boolean;
  readonly figures: FigureSize;
  readonly watch: boolean;
  readonly port?: number;
  readonly json: boolean;
}

export async function reportCommand(context: CliContext, flags: ReportFlags, subject: string): Promise<void> {
  const resultsFolder = context.resultsFolder(flags.results);
  const reportsFolder = reportsPlace(context, flags, resultsFolder);
  const { experiment, kinds } = await subjectOf(subject, resultsFolder);
  if (flags.watch) return watch(context, flags, { experiment, resultsFolder, subject });
  const { problems } = await collect(resultsFolder);
  for (const { path, message } of problems) context.note(`harness: ${path}: ${message}`);
  const { folder, files, report } = await renderReport({
    experiment,
    kinds,
    resultsFolder,
    reportsFolder,
    figureSize: flags.figures,
  });
  if (flags.json) return context.printJson({ experiment, folder, files, counts: report.counts });
  context.print(formatSummary(report, { width: context.width ?? undefined }));
  context.print(`report: ${join(folder, 'index.html')}`);
}

interface Place {
  readonly experiment: string;
  readonly resultsFolder: string;
  readonly subject: string;
}

function watch(context: CliContext, flags: ReportFlags, { subject, ...place }: Place): Promise<void> {
  if (flags.json || flags.publish || flags.figures !== 'page')
    throw new UserError('--watch shows a page, and writes none', {
      exitCode: 2,
      hint: 'Leave out --json, --publish and --figures.',
    });
  // What a sweep records can change the kinds: a name that is swept for the first time has its own only then.
  const kinds = async (): Promise<ReportKinds> => (await subjectOf(subject, place.resultsFolder)).kinds;
  return watchReport(context, { ...place, kinds, port: flags.port ?? 0 });
}

interface Subject {
  readonly experiment: string;
  readonly kinds: ReportKinds;
}

/** An experiment file speaks for itself; a name is one on record, with the kinds it was recorded with. */
async function subjectOf(subject: string, resultsFolder: string): Promise<Subject> {
  if (isSpecFile(subject)) {
    const { result, ...loaded } = await readValidExperiment(subject);
    return { experiment: result.spec.name, kinds: reportKinds({ ...loaded, spec: result.spec }) };
  }
  const file = planFile(resultsFolder, subject);
  // That nothing is recorded is for the report to say.
  const kinds = existsSync(file) ? await recordedReportKinds(readExperimentFile(file).specText, file) : {};
  return { experiment: subject, kinds };
}
