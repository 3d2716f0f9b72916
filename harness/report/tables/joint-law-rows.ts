/** One law over all models of a treatment, in their parameters and its pairs; where there is none, why. */
import { randomStream } from '../../random/index.ts';
import { fitJointLaw, type JointLawResult } from '../../stats/index.ts';
import type { Metric } from '../../kinds/metrics.ts';
import { armsOf } from '../arm-points.ts';
import { groupBy, unique } from '../distinct.ts';
import { headlineOf } from '../estimate.ts';
import { decimal, labelWith, listText, valueText } from '../format.ts';
import type { Cell } from '../report-types.ts';
import type { TaskView } from '../view.ts';
import {
  errorScale,
  exponentText,
  intervalOf,
  noFitCells,
  signOf,
  valueOf,
  withoutPrediction,
  type ErrorScale,
} from './scaling-text.ts';

/** @param treated Cells of lines with several budgets. */
export function jointRows(treated: readonly Cell[], view: TaskView): readonly (readonly string[])[] {
  const scale = errorScale(view.headline);
  if (scale === null) return [];
  return groupBy(treated, ({ arm, variant }) => JSON.stringify([arm.id, variant])).map((cells) => {
    const [{ arm, variant }] = cells;
    const details = [armsOf(treated).length > 1 ? arm.label : '', variant];
    return [labelWith('all models, jointly in parameters and pairs', details), ...jointCells(cells, view, scale)];
  });
}

function jointCells(
  cells: readonly [Cell, ...Cell[]],
  { task, headline, modelSizes }: TaskView,
  { limits, errorOf }: ErrorScale,
): readonly string[] {
  const trials = cells.flatMap(({ model, pretrainPairs, used }) =>
    used.map((trial) => ({ model, pretrainPairs, trial })),
  );
  const unknown = unique(trials.map(({ model }) => model)).filter((model) => modelSizes[model] === undefined);
  if (unknown.length > 0)
    return noFitCells(`the number of parameters of ${listText(unknown)} is not recorded`, trials.length);
  const points = trials.map(({ model, pretrainPairs, trial }) => {
    const y = errorOf(headlineOf(trial, headline));
    return { modelSize: modelSizes[model] as number, dataSize: pretrainPairs, y, seed: trial.seed };
  });
  const [{ arm, variant }] = cells;
  const { uniform } = randomStream(0, 'report', 'joint-law', task, JSON.stringify([arm.id, variant]));
  return cellsOf(fitJointLaw(points, { uniform, limits }), headline);
}

function cellsOf(fit: JointLawResult, headline: Metric): readonly string[] {
  if (fit.kind === 'no-fit') return noFitCells(fit.reason, fit.n);
  const { e, a, alpha, b, beta, n, residual, intervals } = fit;
  const term = (factor: number, size: string, exponent: number): string =>
    `${signOf(headline)} ${valueText(factor, headline)} \u00b7 ${size}^(\u2212${decimal(exponent, 2)})`;
  return withoutPrediction([
    `${valueOf(e, headline)} ${term(a, 'parameters', alpha)} ${term(b, 'pairs', beta)}`,
    intervalOf(intervals.e, headline),
    `parameters ${exponentText(intervals.alpha)}; pairs ${exponentText(intervals.beta)}`,
    String(n),
    valueText(residual, headline),
  ]);
}
