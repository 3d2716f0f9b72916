/** `harness figures`: the paper's figures from what is recorded; `--check` compares the committed ones with it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { collect, withDatabase } from '../../record/index.ts';
import {
  checkFigures,
  drawPaperFigures,
  figuresNamed,
  publishedFile,
  readFigures,
  readPublished,
  writeFigures,
  writeScores,
  type DrawnFigure,
  type FigureCheck,
  type MissingFigure,
  type PublishedPoint,
} from '../../report/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { reportsPlace } from '../reports-place.ts';

interface FiguresFlags {
  readonly results?: string;
  readonly reports?: string;
  readonly experiment?: string;
  readonly publish: boolean;
  readonly check: boolean;
  readonly json: boolean;
}

export async function figuresCommand(context: CliContext, flags: FiguresFlags, ...names: string[]): Promise<void> {
  figuresNamed(names);
  // What is checked is what was published, unless a folder is named.
  const publish = flags.publish || (flags.check && flags.reports === undefined);
  const resultsFolder = context.resultsFolder(flags.results);
  const folder = join(reportsPlace(context, { ...flags, publish }, resultsFolder), 'paper');
  return flags.check ? check(context, flags, { names, folder }) : draw(context, flags, { names, folder });
}

interface Place {
  readonly names: readonly string[];
  readonly folder: string;
}

async function draw(context: CliContext, flags: FiguresFlags, { names, folder }: Place): Promise<void> {
  const resultsFolder = context.resultsFolder(flags.results);
  await collectRecords(context, resultsFolder);
  const options = { names, experiment: flags.experiment ?? null, published: knownValues() };
  const all = await withDatabase(resultsFolder, (database) => drawPaperFigures(database, options));
  const drawn = all.filter((one): one is DrawnFigure => 'files' in one);
  const missing = all.filter((one): one is MissingFigure => 'why' in one);
  const [first] = missing;
  if (drawn.length === 0 && first !== undefined)
    throw new UserError(`no figure can be drawn: ${first.why}`, {
      exitCode: 5,
      hint: 'Sweep an experiment of the paper first: harness sweep experiments/paper/two-cores/scaling.yaml',
    });
  const files = writeFigures(folder, drawn);
  // Figures that leave the results folder take along what they rest on.
  if (flags.publish || flags.reports !== undefined) await writeScores(folder, resultsFolder, drawn);
  if (flags.json) return context.printJson({ folder, files, figures: drawn.map(toJson), missing: missing.map(toJson) });
  const told = [
    ...drawn.map(({ figure, experiment, rows }) => [figure.id, `${plural(rows, 'value')} of ${experiment}`]),
    ...missing.map(({ figure, why }) => [figure.id, `not drawn: ${why}`]),
  ];
  context.printTable(['figure', 'drawn from'], told);
  context.print(`${plural(drawn.length, 'figure')} of ${all.length} in ${folder}`);
}

const toJson = (one: DrawnFigure | MissingFigure): object =>
  'files' in one
    ? { figure: one.figure.id, experiment: one.experiment, caption: one.caption, query: one.figure.query }
    : { figure: one.figure.id, why: one.why };

async function check(context: CliContext, flags: FiguresFlags, { names, folder }: Place): Promise<void> {
  const entries = readFigures(folder).filter(({ figure }) => names.length === 0 || names.includes(figure));
  if (entries.length === 0)
    throw new UserError(`no figure was drawn into ${folder}`, {
      exitCode: 5,
      hint: `Draw them first: harness figures${flags.reports === undefined ? ' --publish' : ''}`,
    });
  const resultsFolder = context.resultsFolder(flags.results);
  if (existsSync(resultsFolder)) await collectRecords(context, resultsFolder);
  const fromResults = flags.results !== undefined;
  const checks = await checkFigures(entries, { folder, resultsFolder, fromResults, published: knownValues() });
  if (flags.json) context.printJson({ folder, checks });
  else tellChecks(context, checks, folder);
  if (checks.some(({ differences }) => differences.length > 0)) context.exitWith(1);
  else if (checks.some(({ notDerived }) => notDerived !== null)) context.exitWith(5);
}

function tellChecks(context: CliContext, checks: readonly FigureCheck[], folder: string): void {
  const equal = checks.filter(({ differences, notDerived }) => differences.length === 0 && notDerived === null);
  context.printTable(
    ['figure', 'beside its scores'],
    checks.map((check) => [check.figure, checkText(check)]),
  );
  context.print(`${plural(equal.length, 'figure')} of ${checks.length} in ${folder} equal`);
  if (checks.some(({ notDerived }) => notDerived !== null))
    context.note('harness: where scores are missing, only files were compared with their digests; sweep first');
}

const checkText = ({ differences, notDerived }: FigureCheck): string =>
  [...differences, ...(notDerived === null ? [] : [`not derived again: ${notDerived}`])].join('; ') || 'equal';

const knownValues = (): readonly PublishedPoint[] => readPublished(publishedFile());

async function collectRecords(context: CliContext, resultsFolder: string): Promise<void> {
  const { problems } = await collect(resultsFolder);
  for (const { path, message } of problems) context.note(`harness: ${path}: ${message}`);
}
