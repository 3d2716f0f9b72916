/**
 * The scores that committed figures rest on, beside them: `scores/EXPERIMENT/`, an excerpt of the records. Whoever has
 * the figures derives them again, without the results folder and on any machine.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeExcerpt, type ExcerptNeeds } from '../../record/index.ts';
import { unique } from '../distinct.ts';
import type { DrawnFigure } from './draw-figures.ts';
import { readFigures } from './figures-on-disk.ts';
import { paperFigures } from './registry.ts';

const scoresName = 'scores';

/** Where an experiment's scores lie beside the figures of a folder; it is there if one of them is drawn from it. */
export const scoresFolder = (folder: string, experiment: string): string => join(folder, scoresName, experiment);

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
      folder: scoresFolder(folder, experiment),
      needs: needsOf(figures),
    });
  }
  const used = new Set(entries.map(({ experiment }) => experiment));
  for (const name of readdirSync(join(folder, scoresName)))
    if (!used.has(name)) rmSync(scoresFolder(folder, name), { recursive: true });
}

function needsOf(figures: readonly string[]): ExcerptNeeds {
  const needs = paperFigures.filter(({ id }) => figures.includes(id)).map((figure) => figure.needs);
  return {
    sets: unique(needs.flatMap(({ sets }) => sets)).toSorted(),
    metrics: unique(needs.flatMap(({ metrics }) => metrics)).toSorted(),
  };
}
