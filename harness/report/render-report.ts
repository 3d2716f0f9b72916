/** Reads an experiment through `record`, builds its report and writes the files. Equal records give equal bytes. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  listRuns,
  readPairOutcomes,
  readTrialResults,
  showThing,
  withDatabase,
  type ResultsDatabase,
} from '../record/index.ts';
import { UserError } from '../spec/user-error.ts';
import { buildReport } from './build-report.ts';
import { csvOf } from './csv.ts';
import { renderPng, renderSvg } from './figures/render-chart.ts';
import { escape, htmlOf } from './html.ts';
import type { Figure, Report, ReportInput, ReportProvenance } from './report-input.ts';

export interface RenderedReport {
  readonly folder: string;
  /** Relative to `folder`, in a fixed order. */
  readonly files: readonly string[];
  readonly report: Report;
}

/** Throws UserError: exit 5 where nothing of the experiment is recorded, exit 4 for records that cannot be true. */
export async function renderReport(options: {
  readonly experiment: string;
  readonly resultsFolder: string;
  readonly reportsFolder: string;
}): Promise<RenderedReport> {
  const input = await withDatabase(options.resultsFolder, (database) => readInput(database, options.experiment));
  const report = buildReport(input);
  const folder = join(options.reportsFolder, options.experiment);
  const files = await renderFiles(report);
  // Figures of an earlier rendering (a task that is gone) must not lie beside the new ones.
  rmSync(join(folder, 'figures'), { recursive: true, force: true });
  for (const [name, content] of files) writeWhole(join(folder, name), content);
  return { folder, files: [...files.keys()], report };
}

/** All files of a report, by their path in its folder. Pure but for the fonts it loads. */
export async function renderFiles(report: Report): Promise<ReadonlyMap<string, string | Buffer>> {
  const files = new Map<string, string | Buffer>();
  const panels = new Map<string, readonly string[]>();
  for (const figure of report.figures) {
    const svg = labelled(await renderSvg(figure.spec), figure.alt);
    files.set(`figures/${figure.name}.svg`, svg);
    files.set(`figures/${figure.name}.png`, renderPng(svg));
    files.set(`figures/${figure.name}.vl.json`, `${JSON.stringify(figure.spec, null, 1)}\n`);
    panels.set(figure.name, await renderPanels(figure));
  }
  return new Map([
    ['index.html', htmlOf(report, panels)],
    ['results.md', report.markdown],
    ['results.csv', csvOf(report.numbers)],
    ['report.json', jsonOf(report)],
    ...files,
  ]);
}

async function renderPanels(figure: Figure): Promise<readonly string[]> {
  const svgs: string[] = [];
  for (const [i, { label, spec }] of figure.panels.entries()) {
    const svg = labelled(await renderSvg(spec), `${figure.title}: ${label}`);
    // Ids are per document in a page, and per file in Vega.
    svgs.push(
      svg
        .replaceAll(/(id="|url\(#)(clip|gradient)/g, `$1${figure.name}-${i}-$2`)
        .replace(/ (width|height)="[\d.]+"/, '')
        .replace(/ (width|height)="[\d.]+"/, ''),
    );
  }
  return svgs;
}

function labelled(svg: string, text: string): string {
  return svg.replace('<svg ', `<svg role="img" aria-label="${escape(text)}" `);
}

/** The report as data; specifications are left to their own files. */
function jsonOf({ markdown: _markdown, figures, ...report }: Report): string {
  const listed = figures.map(({ name, task, title, caption, alt }) => ({
    name,
    task,
    title,
    caption,
    alt,
    files: ['svg', 'png', 'vl.json'].map((extension) => `figures/${name}.${extension}`),
  }));
  return `${JSON.stringify({ ...report, figures: listed }, null, 1)}\n`;
}

async function readInput(database: ResultsDatabase, experiment: string): Promise<ReportInput> {
  const { trials } = await readTrialResults(database, experiment);
  if (trials.length === 0)
    throw new UserError(`experiment ${experiment} is not recorded in ${database.path}`, {
      exitCode: 5,
      hint: 'Run `harness sweep SPEC` first, or look with `harness ls experiments`.',
    });
  const thing = await showThing(database, experiment);
  const about = thing.kind === 'experiment' ? thing.experiment : {};
  return {
    experiment,
    trials,
    question: String(about['question'] ?? ''),
    command: about['command'] === null || about['command'] === undefined ? null : String(about['command']),
    pairOutcomes: await readPairOutcomes(database, experiment),
    provenance: await readProvenance(database, experiment),
    excluded: Number(about['excluded'] ?? 0),
    duplicates: Number(about['duplicates'] ?? 0),
  };
}

async function readProvenance(database: ResultsDatabase, experiment: string): Promise<ReportProvenance> {
  const runs = await listRuns(database, { experiment });
  const texts = (name: string): readonly string[] => [
    ...new Set(runs.flatMap((run) => (typeof run[name] === 'string' ? [run[name]] : []))),
  ];
  const times = texts('started_at').toSorted();
  const dirty = runs.flatMap((run) => (typeof run['dirty'] === 'boolean' ? [run['dirty']] : []));
  return {
    commits: texts('commit'),
    isDirty: dirty.length === 0 ? null : dirty.includes(true),
    machines: texts('machine'),
    dataFrom: times[0] ?? null,
    dataUntil: times.at(-1) ?? null,
  };
}

/** Written beside and renamed: a reader never sees half a file. */
function writeWhole(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, content);
  renameSync(`${path}.tmp`, path);
}
