/** Reads an experiment through `record`, builds its report and writes the files. Equal records give equal bytes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { withDatabase } from '../record/index.ts';
import { UserError } from '../spec/user-error.ts';
import { buildReport } from './build-report.ts';
import { csvOf } from './csv.ts';
import { figureFiles } from './figures/figure-files.ts';
import type { FigureSize } from './figures/figure-size.ts';
import { jsonOf } from './json.ts';
import { latexOf } from './latex.ts';
import { drawPanels } from './page/draw-panels.ts';
import type { DrawnPanel } from './page/page-marks.ts';
import { htmlOf } from './page/page.ts';
import { readInput } from './read-input.ts';
import type { ReportKinds } from './report-input.ts';
import type { Figure, Report } from './report-types.ts';
import { writeWhole } from './write-whole.ts';

export interface RenderedReport {
  readonly folder: string;
  /** Relative to `folder`, in a fixed order. */
  readonly files: readonly string[];
  readonly report: Report;
}

export interface RenderOptions {
  readonly experiment: string;
  readonly resultsFolder: string;
  readonly reportsFolder: string;
  /** Arms, metrics, figures, tables and headlines other than the registered ones. */
  readonly kinds?: ReportKinds;
  /** Of the files in figures/; the page has its own. */
  readonly figureSize?: FigureSize;
}

/** Throws UserError: exit 5 where nothing of the experiment is recorded, exit 4 for records that cannot be true. */
export async function renderReport(options: RenderOptions): Promise<RenderedReport> {
  const { experiment, reportsFolder } = options;
  const report = await builtReport(options);
  const folder = join(reportsFolder, experiment);
  const files = await renderFiles(report, options.figureSize);
  writeAll(folder, files);
  return { folder, files: [...files.keys()], report };
}

/** The same without writing: all files, by their path in the report's folder. */
export async function renderedFiles(
  options: Omit<RenderOptions, 'reportsFolder'>,
): Promise<ReadonlyMap<string, string | Buffer>> {
  return renderFiles(await builtReport(options));
}

async function builtReport({
  experiment,
  resultsFolder,
  kinds,
}: Omit<RenderOptions, 'reportsFolder'>): Promise<Report> {
  const recorded = await withDatabase(resultsFolder, (database) => readInput(database, experiment));
  return buildReport({ ...recorded, ...kinds });
}

/** All files of a report, by their path in its folder. Pure but for the fonts it loads. */
export async function renderFiles(
  report: Report,
  figureSize: FigureSize = 'page',
): Promise<ReadonlyMap<string, string | Buffer>> {
  const figures: (readonly [string, string | Buffer])[] = [];
  const panels = new Map<string, readonly DrawnPanel[]>();
  for (const figure of report.figures) {
    try {
      figures.push(...(await figureFiles(figure, figureSize)));
      panels.set(figure.name, await drawPanels(figure));
    } catch (error) {
      throw chartError(error, figure);
    }
  }
  return new Map([
    ['index.html', htmlOf(report, panels)],
    ['results.md', report.markdown],
    ['results.csv', csvOf(report.numbers)],
    ['results.tex', latexOf(report)],
    ['report.json', jsonOf(report)],
    ...figures,
  ]);
}

/** A chart that the compiler refuses is an error of whoever wrote its specification. */
function chartError(cause: unknown, { name, source }: Figure): Error {
  const message = `figure ${name}: ${cause instanceof Error ? cause.message : String(cause)}`;
  if (cause instanceof UserError) return new UserError(message, { exitCode: 2, hint: cause.hint ?? '', cause });
  return source === null
    ? new Error(message, { cause })
    : new UserError(`${source}: ${message}`, { exitCode: 2, hint: 'Its spec must be valid Vega-Lite.', cause });
}

/** Figures of an earlier rendering (a task that is gone) must not lie beside the new ones. */
function writeAll(folder: string, files: ReadonlyMap<string, string | Buffer>): void {
  rmSync(join(folder, 'figures'), { recursive: true, force: true });
  for (const [name, content] of files) writeWhole(join(folder, name), content);
}
