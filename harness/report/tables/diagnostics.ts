/** At the largest sample size: whether rewards are tied, how far apart they are, and whether they follow length. */
import type { Metric } from '../../kinds/metrics.ts';
import { armPoints, findCell } from '../arm-points.ts';
import { sampleSizes } from '../cells.ts';
import { estimateMetric, recordedValues } from '../estimate.ts';
import { count } from '../../text/index.ts';
import { armLabel, estimateText } from '../format.ts';
import type { ArmPoint, Cell } from '../report-types.ts';
import type { TableKind } from '../view.ts';
import { numberRow, type TableNumber } from './numbers.ts';

const columns = [
  ['ties half', 'eval/pairwise_accuracy_half_credit'],
  ['tie rate', 'eval/tie_rate'],
  ['equal length', 'eval/length_matched_pairwise_accuracy'],
  ['one source', 'eval/within_source_pairwise_accuracy'],
  ['pairwise loss', 'eval/pairwise_loss'],
  ['mean margin', 'eval/mean_margin'],
  ['reward ~ length (Spearman)', 'eval/reward_length_spearman'],
] as const;

const note =
  'Mean [95 % t-interval over seeds] (number of seeds). In percent: ' +
  'accuracy with half credit for ties, ties, accuracy on pairs of about equal length, ' +
  'and on pairs whose responses come from one source, where recorded.';

export const diagnosticsTable: TableKind = {
  id: 'diagnostics',
  scope: 'model',
  isFolded: true,
  draw: (view) => {
    const { task, model, cells } = view;
    const present = columns.filter(([, metric]) => recordedValues(cells, metric).length > 0);
    if (present.length === 0) return null;
    const samples = sampleSizes(cells).at(-1) as number;
    const measured = measuredPoints(cells, samples);
    const metrics = present.map(([, metric]) => view.metricOf(metric));
    return {
      title: `What the rewards are like: ${task}, ${model}, ${count(samples)} samples`,
      columns: ['arm', ...present.map(([label]) => label)],
      rows: measured.map((at) => [armLabel(at.point, true), ...metrics.map((metric) => textOf(at.cell, metric))]),
      note,
      numbers: measured.flatMap((at) => metrics.map((metric) => numberOf(at, metric, model))),
    };
  },
};

interface Measured {
  readonly point: ArmPoint;
  readonly cell: Cell;
}

function measuredPoints(cells: readonly Cell[], samples: number): readonly Measured[] {
  return armPoints(cells).flatMap((point) => {
    const cell = findCell(cells, point, samples);
    return cell === undefined || cell.used.length === 0 ? [] : [{ point, cell }];
  });
}

function textOf(cell: Cell, metric: Metric): string {
  const estimate = estimateMetric(cell.used, metric);
  return estimate === null ? 'not measured' : estimateText(estimate, metric);
}

function numberOf({ point, cell }: Measured, metric: Metric, model: string): TableNumber {
  const at = { model, point, samples: cell.samples, metric: metric.name };
  return numberRow(at, estimateMetric(cell.used, metric));
}
