/**
 * Does the headline metric follow a power law in pretraining pairs? At the largest sample size, treatments only (0
 * pairs has no place on a power law). Each law is fit again without its largest budgets, which it must then foretell;
 * below stand the joint law in parameters and pairs, and laws that others published.
 */
import { randomStream } from '../../random/index.ts';
import { extrapolate, fitPowerLaw, type Point } from '../../stats/index.ts';
import { armsOf, withRole } from '../arm-points.ts';
import { sampleSizes } from '../cells.ts';
import { ascending, groupBy } from '../distinct.ts';
import { headlineOf } from '../estimate.ts';
import { count } from '../../text/index.ts';
import { labelWith } from '../format.ts';
import type { Cell } from '../report-types.ts';
import type { TableKind, TaskView } from '../view.ts';
import { jointRows } from './joint-law-rows.ts';
import {
  errorScale,
  lawCells,
  noFitCells,
  predictionCells,
  publishedRow,
  scalingColumns,
  withoutPrediction,
} from './scaling-text.ts';

export const scalingTable: TableKind = {
  id: 'scaling',
  scope: 'task',
  isFolded: true,
  draw: (view) => {
    const { task, headline, cells, publishedLaws } = view;
    const samples = sampleSizes(cells).at(-1) as number;
    const treated = withRole(cells, 'treatment').filter((cell) => cell.samples === samples);
    const lines = groupBy(treated, lineKey).filter((line) => ascending(budgetsOf(line)).length > 1);
    const ours = [...lines.flatMap((line) => rowsOf(line, view, treated)), ...jointRows(lines.flat(), view)];
    return {
      title: `Power law in pretraining pairs: ${task}, ${count(samples)} samples`,
      columns: scalingColumns(headline),
      // Laws of others have no place of their own.
      rows: ours.length === 0 ? [] : [...ours, ...publishedLaws.map(publishedRow)],
      note,
    };
  },
};

const note =
  'A law of the error (or loss), whose asymptote cannot be below 0. It is shown only with at least five sizes and ' +
  'three seeds, where it predicts left-out sizes better than a constant, where no parameter stops at its bound, and ' +
  'where 90 % of the resamples give a law too. The joint law has parameters without embeddings; it needs three model ' +
  'sizes as well, and predicts left-out places better than a law of either size alone. n = trials; intervals: ' +
  'bootstrap over seeds and their points. "Without": the law has not seen these budgets, and predicts the mean ' +
  'measured there; that interval holds the noise of a mean besides. One of twenty true laws misses it.';

/** One law for each model, treatment and variant. */
const lineKey = ({ model, arm, variant }: Cell): string => JSON.stringify([model, arm.id, variant]);

const budgetsOf = (line: readonly Cell[]): readonly number[] =>
  line.flatMap(({ pretrainPairs, used }) => used.map(() => pretrainPairs));

function rowsOf(
  line: readonly [Cell, ...Cell[]],
  { task, headline }: TaskView,
  treated: readonly Cell[],
): readonly (readonly string[])[] {
  const label = labelOf(line[0], treated);
  const scale = errorScale(headline);
  if (scale === null) return [[label, ...noFitCells('neither a share nor a loss', budgetsOf(line).length)]];
  const { limits, errorOf } = scale;
  const points = line.flatMap(({ pretrainPairs, used }) =>
    used.map((trial): Point => ({ x: pretrainPairs, y: errorOf(headlineOf(trial, headline)), seed: trial.seed })),
  );
  const { uniform } = randomStream(0, 'report', 'power-law', task, lineKey(line[0]));
  const whole = [label, ...withoutPrediction(lawCells(fitPowerLaw(points, { uniform, limits }), headline))];
  const budgets = ascending(budgetsOf(line));
  const withoutLargest = leftOut(budgets.length).map((number) => {
    const stream = randomStream(0, 'report', 'extrapolation', task, lineKey(line[0]), number);
    const foretold = extrapolate(points, number, { uniform: stream.uniform, limits });
    const named = `${label}, without ${budgets.slice(-number).map(count).join(' and ')} pairs`;
    return [named, ...lawCells(foretold.fit, headline), ...predictionCells(foretold, headline)];
  });
  return [whole, ...withoutLargest];
}

/** How many of the largest budgets are left out. Below five a line has no law, and one with fewer has none either. */
function leftOut(budgets: number): readonly number[] {
  if (budgets < 5) return [];
  return budgets < 7 ? [1] : [1, 2];
}

function labelOf({ model, arm, variant }: Cell, treated: readonly Cell[]): string {
  return labelWith(model, [armsOf(treated).length > 1 ? arm.label : '', variant]);
}
