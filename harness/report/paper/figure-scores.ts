/**
 * The scores that committed figures rest on, beside them: `scores/EXPERIMENT/`, an excerpt of the records. Whoever has
 * the figures derives them again, without the results folder and on any machine.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withExcerpt, writeExcerpt, type ExcerptNeeds, type ResultsDatabase } from '../../record/index.ts';
import { unique } from '../distinct.ts';
import type { DrawnFigure } from './draw-figures.ts';
import { readFigures } from './figures-on-disk.ts';
import { paperFigures } from './registry.ts';

const scoresFolder = (folder: string): string => join(folder, 'scores');

/** Of all figures in the folder whose experiment was just drawn from; scores that no figure rests on any more go. */
export async function writeScores(
  folder: string,
  resultsFolder: string,
  drawn: readonly Pick<DrawnFigure, 'experiment'>[],
): Promise<void> {
  const entries = readFigures(folder);
  for (const experiment of unique(drawn.map((one) => one.experiment))) {
    const figures = entries.filter((entry) => entry.experiment === experiment).map(({ figure }) => figure);
    await writeExcerpt(resultsFolder, experiment, {
      folder: join(scoresFolder(folder), experiment),
      needs: needsOf(figures),
    });
  }
  const used = new Set(entries.map(({ experiment }) => experiment));
  for (const name of readdirSync(scoresFolder(folder)))
    if (!used.has(name)) rmSync(join(scoresFolder(folder), name), { recursive: true });
}

function needsOf(figures: readonly string[]): ExcerptNeeds {
  const needs = paperFigures.filter(({ id }) => figures.includes(id)).map((figure) => figure.needs);
  return {
    sets: unique(needs.flatMap(({ sets }) => sets)).toSorted(),
    metrics: unique(needs.flatMap(({ metrics }) => metrics)).toSorted(),
  };
}

export const hasScores = (folder: string, experiment: string): boolean =>
  existsSync(join(scoresFolder(folder), experiment));

/** @throws UserError (4) where a file of them is missing or damaged. */
export async function withScores<T>(
  folder: string,
  experiment: string,
  use: (database: ResultsDatabase) => Promise<T>,
): Promise<T> {
  return await withExcerpt(join(scoresFolder(folder), experiment), use);
}
