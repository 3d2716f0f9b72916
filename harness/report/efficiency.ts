/**
 * Sample efficiency: how many finetuning samples another arm needs to be as good as a pretrained one is with few. More
 * samples can only help, so mean curves are made monotone; what lies beyond the sizes measured is told as a bound.
 * A seed is one unit: architectures are averaged within it, and both arms of a seed stay together.
 */
import { randomStream } from '../random/index.ts';
import { compareReach, isotonic, mean, reach, studentDraws, type Reach } from '../stats/index.ts';
import { isAt } from './arm-points.ts';
import { modelsOf, sampleSizes } from './cells.ts';
import { contrasts, type Contrast } from './compare/contrasts.ts';
import { groupBy, unique } from './distinct.ts';
import { efficiencySentence } from './efficiency-sentence.ts';
import { headlineOf } from './estimate.ts';
import { direction } from './headlines.ts';
import type { ArmPoint, Cell, Efficiency } from './report-types.ts';

const resamples = 1000;

/**
 * One reading a sample size of each treatment's largest budget against every arm of another role; none where the
 * reference has a single sample size.
 */
export function sampleEfficiency(cells: readonly Cell[]): readonly Efficiency[] {
  return groupBy(cells, (cell) => cell.task).flatMap((ofTask) =>
    contrasts(ofTask).flatMap((contrast) => readings(ofTask, contrast)),
  );
}

/** Signed so that more is better. */
interface Curves {
  readonly models: readonly string[];
  readonly referenceSizes: readonly number[];
  readonly treatmentSizes: readonly number[];
  /** One row a complete seed: the reference at its sizes, then the treatment at its own. */
  readonly rows: readonly (readonly number[])[];
}

function readings(ofTask: readonly Cell[], contrast: Contrast): readonly Efficiency[] {
  const { task, headline } = ofTask[0] as Cell;
  const curves = curvesOf(ofTask, contrast);
  const { models, rows, treatmentSizes } = curves;
  if (curves.referenceSizes.length < 2 || rows.length === 0) return [];
  const center = monotone(columnMeans(rows), curves);
  const draws = drawsOf(rows, task, contrast).map((row) => monotone(row, curves));
  return treatmentSizes.map((samples, i) => {
    const value = direction(headline) * (center.treatment[i] as number);
    const interval = intervalOf(draws.map((draw) => needsAt(draw, i)));
    const reading = { task, headline, models, ...contrast, samples, value, needs: needsAt(center, i), interval };
    return { ...reading, n: rows.length, sentence: efficiencySentence({ ...reading, n: rows.length }) };
  });
}

function curvesOf(ofTask: readonly Cell[], { treatment, reference }: Contrast): Curves {
  const at = (point: ArmPoint): readonly Cell[] => ofTask.filter((cell) => isAt(cell, point) && cell.used.length > 0);
  const [references, treated] = [at(reference), at(treatment)];
  const models = modelsOf(references).filter((model) => modelsOf(treated).includes(model));
  const sides = [references, treated].map((side) => side.filter((cell) => models.includes(cell.model)));
  const [referenceSizes, treatmentSizes] = sides.map((side) => commonSizes(side, models.length)) as [
    readonly number[],
    readonly number[],
  ];
  const columns = sides.flatMap((side) =>
    commonSizes(side, models.length).map((size) => side.filter((cell) => cell.samples === size)),
  );
  const seeds = unique(sides.flatMap((side) => side.flatMap(({ used }) => used.map(({ seed }) => seed))));
  const rows = seeds.flatMap((seed) => completeRow(columns, seed));
  return { models, referenceSizes, treatmentSizes, rows };
}

/** Sizes that all models have. */
function commonSizes(side: readonly Cell[], models: number): readonly number[] {
  return sampleSizes(side).filter((size) => side.filter((cell) => cell.samples === size).length === models);
}

/** Means over models; no row where a trial of the seed is missing, so that all sizes rest on the same seeds. */
function completeRow(columns: readonly (readonly Cell[])[], seed: number): readonly (readonly number[])[] {
  const values = columns.map((ofModels) =>
    ofModels.map(({ used, headline }) => {
      const trial = used.find((one) => one.seed === seed);
      return trial === undefined ? null : direction(headline) * headlineOf(trial, headline);
    }),
  );
  const complete = values.map((ofModels) => ofModels.filter((value) => value !== null));
  return complete.every((ofModels, i) => ofModels.length === values[i]?.length) ? [complete.map(mean)] : [];
}

const columnMeans = (rows: Curves['rows']): readonly number[] =>
  (rows[0] as readonly number[]).map((_, column) => mean(rows.map((row) => row[column] as number)));

function drawsOf(rows: Curves['rows'], task: string, { treatment, reference }: Contrast): Curves['rows'] {
  if (rows.length < 2) return [];
  const name = [treatment, reference].map(({ arm, pretrainPairs, variant }) => [arm.id, pretrainPairs, variant]);
  const { normal } = randomStream(0, 'report', 'efficiency', task, JSON.stringify(name));
  return studentDraws(rows, { normal, resamples });
}

interface MonotoneCurves {
  readonly sizes: readonly number[];
  readonly reference: readonly number[];
  readonly treatment: readonly number[];
}

/** `row`: means of the reference at its sizes, then of the treatment. */
function monotone(row: readonly number[], { referenceSizes: sizes }: Curves): MonotoneCurves {
  return { sizes, reference: isotonic(row.slice(0, sizes.length)), treatment: isotonic(row.slice(sizes.length)) };
}

function needsAt({ sizes, reference, treatment }: MonotoneCurves, i: number): Reach {
  return reach(sizes, reference, treatment[i] as number);
}

/** The middle 95 %. Order statistics, because a bound cannot be averaged with a number. */
function intervalOf(draws: readonly Reach[]): Efficiency['interval'] {
  if (draws.length === 0) return null;
  const sorted = draws.toSorted(compareReach);
  const low = sorted[Math.floor(0.025 * (sorted.length - 1))] as Reach;
  const high = sorted[Math.ceil(0.975 * (sorted.length - 1))] as Reach;
  const hasNoWidth = low.bound === null && high.bound === null && high.x - low.x < 1e-9 * low.x;
  return hasNoWidth ? null : { low, high };
}
