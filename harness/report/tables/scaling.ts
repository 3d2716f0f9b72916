/**
 * Does the headline metric follow a power law in pretraining pairs? At the largest sample size, treatments only (0
 * pairs has no place on a power law).
 */
import type { Metric } from '../../kinds/metrics.ts';
import { randomStream } from '../../random/index.ts';
import { fitPowerLaw, type PowerLawResult } from '../../stats/index.ts';
import { armsOf, withRole } from '../arm-points.ts';
import { sampleSizes } from '../cells.ts';
import { groupBy, unique } from '../distinct.ts';
import { headlineOf } from '../estimate.ts';
import { count } from '../../text/index.ts';
import { dash, decimal, labelWith, valueText } from '../format.ts';
import type { Cell } from '../report-types.ts';
import type { TableKind, TaskView } from '../view.ts';

export const scalingTable: TableKind = {
  id: 'scaling',
  scope: 'task',
  isFolded: true,
  draw: (view) => {
    const { task, headline, cells } = view;
    const samples = sampleSizes(cells).at(-1) as number;
    const treated = withRole(cells, 'treatment').filter((cell) => cell.samples === samples);
    return {
      title: `Power law in pretraining pairs: ${task}, ${count(samples)} samples`,
      columns: columnsOf(headline),
      rows: groupBy(treated, lineKey).flatMap((line) => rowOf(line, view, treated)),
      note:
        'A law of the error (or loss), whose asymptote cannot be below 0. It is shown only with at least five ' +
        'sizes and three seeds, where it predicts left-out sizes better than a constant, where no parameter stops ' +
        'at its bound, and where 90 % of the resamples give a law too. n = trials; intervals: bootstrap over seeds and their points.',
    };
  },
};

function columnsOf({ label, unit }: Metric): readonly string[] {
  const [value, residual] = unit === 'share' ? [`${label} in percent`, 'residual, points'] : [label, 'residual'];
  return ['model', value, 'asymptote, 95 % interval', 'exponent, 95 % interval', 'n', residual];
}

/** One law for each model, treatment and variant. */
const lineKey = ({ model, arm, variant }: Cell): string => JSON.stringify([model, arm.id, variant]);

function rowOf(
  line: readonly [Cell, ...Cell[]],
  { task, headline }: TaskView,
  treated: readonly Cell[],
): readonly string[][] {
  const trials = line.flatMap(({ pretrainPairs, used }) => used.map((trial) => ({ pretrainPairs, trial })));
  // A sweep over one size asks for no law.
  if (unique(trials.map(({ pretrainPairs }) => pretrainPairs)).length < 2) return [];
  const label = labelOf(line[0], treated);
  const scale = errorScale(headline);
  if (scale === null) return [[label, 'no fit: neither a share nor a loss', dash, dash, String(trials.length), dash]];
  const points = trials.map(({ pretrainPairs, trial }) => {
    return { x: pretrainPairs, y: scale.errorOf(headlineOf(trial, headline)), seed: trial.seed };
  });
  const { uniform } = randomStream(0, 'report', 'power-law', task, lineKey(line[0]));
  return [[label, ...fitText(fitPowerLaw(points, { uniform, limits: scale.limits }), headline)]];
}

interface ErrorScale {
  readonly limits: { readonly low: number; readonly high: number };
  readonly errorOf: (value: number) => number;
}

/** What of the metric can follow a law: the part of a share that is missing, or a loss; null for anything else. */
function errorScale({ unit, better }: Metric): ErrorScale | null {
  if (unit === 'nats' && better === 'low')
    return { limits: { low: 0, high: Number.POSITIVE_INFINITY }, errorOf: (value) => value };
  if (unit !== 'share') return null;
  return { limits: { low: 0, high: 1 }, errorOf: better === 'high' ? (value) => 1 - value : (value) => value };
}

function labelOf({ model, arm, variant }: Cell, treated: readonly Cell[]): string {
  return labelWith(model, [armsOf(treated).length > 1 ? arm.label : '', variant]);
}

function fitText(fit: PowerLawResult, headline: Metric): readonly string[] {
  if (fit.kind === 'no-fit') return [`no fit: ${fit.reason}`, dash, dash, String(fit.n), dash];
  const { a, b, c, asymptoteInterval, exponentInterval, n, residual } = fit;
  const isMissing = headline.better === 'high';
  const asymptote = (error: number): string => valueText(isMissing ? 1 - error : error, headline);
  const [low, high] = [asymptoteInterval.low, asymptoteInterval.high].map(asymptote) as [string, string];
  return [
    `${asymptote(a)} ${isMissing ? '\u2212' : '+'} ${valueText(b, headline)} \u00b7 pairs^(\u2212${decimal(c, 2)})`,
    isMissing ? `[${high}, ${low}]` : `[${low}, ${high}]`,
    `[${decimal(exponentInterval.low, 2)}, ${decimal(exponentInterval.high, 2)}]`,
    String(n),
    valueText(residual, headline),
  ];
}
