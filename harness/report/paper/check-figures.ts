/** Committed figures beside what their scores give now: no model is needed, and no GPU. */
import { existsSync } from 'node:fs';
import { withDatabase, withExcerpt, type ResultsDatabase } from '../../record/index.ts';
import { drawFigures, type DrawnFigure, type MissingFigure } from './draw-figures.ts';
import { scoresFolder } from './figure-scores.ts';
import { compareFigure, type FigureCheck, type FigureEntry } from './figures-on-disk.ts';
import type { PublishedPoint } from './published.ts';
import { paperFigures } from './registry.ts';

export interface CheckOptions {
  /** Of the figures. */
  readonly folder: string;
  /** May be none, as in a fresh clone. Its records are collected. */
  readonly resultsFolder: string;
  /** Derive from the results folder, also where scores lie beside the figures. */
  readonly fromResults: boolean;
  readonly published: readonly PublishedPoint[];
}

/** Each figure as it was drawn: from the same experiment; by the scores beside it, else by those on record. */
export async function checkFigures(
  entries: readonly FigureEntry[],
  options: CheckOptions,
): Promise<readonly FigureCheck[]> {
  const checks: FigureCheck[] = [];
  for (const entry of entries) checks.push(compareFigure(options.folder, entry, await derived(entry, options)));
  return checks;
}

/** null where this version has no such figure. */
async function derived(
  { figure: id, experiment }: FigureEntry,
  { folder, resultsFolder, fromResults, published }: CheckOptions,
): Promise<DrawnFigure | MissingFigure | null> {
  const figure = paperFigures.find((one) => one.id === id);
  if (figure === undefined) return null;
  const draw = async (database: ResultsDatabase): Promise<DrawnFigure | MissingFigure | null> =>
    (await drawFigures(database, { names: [id], experiment, published }))[0] ?? null;
  const scores = scoresFolder(folder, experiment);
  if (!fromResults && existsSync(scores)) return await withExcerpt(scores, draw);
  if (existsSync(resultsFolder)) return await withDatabase(resultsFolder, draw);
  return { figure, why: `there is no ${resultsFolder}`, isOnRecord: false };
}
