/**
 * Does the headline metric follow a power law in pretraining pairs? At the largest sample size, treatments only (0
 * pairs has no place on a power law).
 */
import type { Metric } from '../../kinds/metrics.ts';
import { randomStream } from '../../random/index.ts';
import { fitPowerLaw, type PowerLawResult } from '../../stats/index.ts';
import { armsOf, withRole } from '../arm-points.ts';
import { sampleSizes } from '../cells.ts';
import { groupBy } from '../distinct.ts';
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
        'A law is shown only where it predicts left-out sizes better than a constant. n = trials; ' +
        'interval by percentile bootstrap over trials. ' +
        'Trials share pretraining runs, so the interval is if anything too narrow.',
    };
  },
};

function columnsOf({ label, unit }: Metric): readonly string[] {
  const [value, residual] = unit === 'share' ? [`${label} in percent`, 'residual, points'] : [label, 'residual'];
  return ['model', value, 'exponent, 95 % interval', 'n', residual];
}

/** One law for each model, treatment and variant. */
const lineKey = ({ model, arm, variant }: Cell): string => JSON.stringify([model, arm.id, variant]);

function rowOf(
  line: readonly [Cell, ...Cell[]],
  { task, headline }: TaskView,
  treated: readonly Cell[],
): readonly string[][] {
  const data = line.flatMap(({ pretrainPairs, used }) =>
    used.map((trial) => ({ x: pretrainPairs, y: headlineOf(trial, headline) })),
  );
  if (data.length === 0) return [];
  const { uniform } = randomStream(0, 'report', 'power-law', task, line[0].model);
  return [[labelOf(line[0], treated), ...fitText(fitPowerLaw(data, { uniform }), headline)]];
}

function labelOf({ model, arm, variant }: Cell, treated: readonly Cell[]): string {
  return labelWith(model, [armsOf(treated).length > 1 ? arm.label : '', variant]);
}

function fitText(fit: PowerLawResult, headline: Metric): readonly string[] {
  if (fit.kind === 'no-fit') return [`no fit: ${fit.reason}`, dash, String(fit.n), dash];
  const { a, b, c, exponentInterval, n, residual } = fit;
  const law = `${valueText(a, headline)} ${b < 0 ? '\u2212' : '+'} ${valueText(Math.abs(b), headline)} \u00b7 pairs^(\u2212${decimal(c, 2)})`;
  const interval = exponentInterval
    ? `[${decimal(exponentInterval.low, 2)}, ${decimal(exponentInterval.high, 2)}]`
    : dash;
  return [law, interval, String(n), valueText(residual, headline)];
}
