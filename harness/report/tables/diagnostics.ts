/**
 * At the largest sample size: whether rewards are tied, how far apart they are, whether they can be believed as
 * probabilities, and whether they follow length.
 */
import { bestOfTieTemplate, templateParts, type Metric } from '../../kinds/metrics.ts';
import { armPoints, findCell } from '../arm-points.ts';
import { sampleSizes } from '../cells.ts';
import { ascending, unique } from '../distinct.ts';
import { estimateMetric, recordedValues } from '../estimate.ts';
import { count } from '../../text/index.ts';
import { armLabel, estimateText, range } from '../format.ts';
import { rowsText } from '../over-length.ts';
import type { ArmPoint, Cell } from '../report-types.ts';
import type { TableKind } from '../view.ts';
import { numberRow, type TableNumber } from './numbers.ts';

/** Heading and metric. */
type Column = readonly [string, string];

const columns: readonly Column[] = [
  ['ties half', 'eval/pairwise_accuracy_half_credit'],
  ['tie rate', 'eval/tie_rate'],
  ['equal length', 'eval/length_matched_pairwise_accuracy'],
  ['one source', 'eval/within_source_pairwise_accuracy'],
  ['pairwise loss (log-loss)', 'eval/pairwise_loss'],
  ['calibration error', 'eval/calibration_error'],
  ['of it by chance', 'eval/calibration_error_by_chance'],
  ['mean margin', 'eval/mean_margin'],
  ['reward ~ length (Spearman)', 'eval/reward_length_spearman'],
  ['AUC in a question', 'eval/auc_within_questions'],
  ['AUC overall', 'eval/auc'],
  ['reward ~ length in a question', 'eval/pool_reward_length_spearman'],
];

const note = [
  'Mean [95 % t-interval over seeds] (number of seeds).',
  'In percent: accuracy with half credit for ties; ties (rewards equal as stored, in float32); accuracy on pairs of',
  'about equal length (within a tenth of the longer), and on pairs whose responses come from one source.',
  'Pairwise loss: -log sigmoid(margin) in nats, the log-loss of the preference; 0.693 is a coin.',
  'Calibration error: mean |accuracy - confidence| over ten bins of sigmoid(|margin|), biased upwards; beside it what',
  'a perfectly calibrated model would score by chance. AUC: of right against wrong candidates of the pool.',
].join(' ');

export const diagnosticsTable: TableKind = {
  id: 'diagnostics',
  scope: 'model',
  isFolded: true,
  draw: (view) => {
    const { task, model, cells } = view;
    const samples = sampleSizes(cells).at(-1) as number;
    const measured = measuredPoints(cells, samples);
    const ties = tieColumns(measured);
    const isRecorded = ([, metric]: Column): boolean => recordedValues(cells, metric).length > 0;
    const present = [...columns, ...ties.slice(-1)].filter(isRecorded);
    if (present.length === 0) return null;
    const metricsOf = (some: readonly Column[]): readonly Metric[] => some.map(([, metric]) => view.metricOf(metric));
    const metrics = metricsOf(present);
    const all = [...metrics, ...metricsOf(ties.slice(0, -1).filter(isRecorded))];
    return {
      title: `What the rewards are like: ${task}, ${model}, ${count(samples)} samples`,
      columns: ['arm', ...present.map(([label]) => label)],
      rows: measured.map((at) => [armLabel(at.point, true), ...metrics.map((metric) => textOf(at.cell, metric))]),
      note: `${note}${rowsText(cells, 'pool questions')}${ungradedText(cells)}`,
      numbers: measured.flatMap((at) => all.map((metric) => numberOf(at, metric, model))),
    };
  },
};

/** How often a coin must choose at the top, at every N; a page shows the largest, results.csv has all. */
function tieColumns(measured: readonly Measured[]): readonly Column[] {
  const names = unique(measured.flatMap(({ cell }) => cell.used.flatMap(({ metrics }) => Object.keys(metrics))));
  const sizes = names.flatMap((name) => templateParts(bestOfTieTemplate, name)?.['n'] ?? []).map(Number);
  return ascending(sizes).map((n) => [`ties at N = ${n}`, bestOfTieTemplate.replace('{n}', String(n))]);
}

function ungradedText(cells: readonly Cell[]): string {
  const counts = recordedValues(cells, 'eval/ungraded');
  if (Math.max(0, ...counts) === 0) return '';
  return ` ${range(counts)} candidates could not be graded and count as wrong; bounds are recorded (_low, _high).`;
}

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
