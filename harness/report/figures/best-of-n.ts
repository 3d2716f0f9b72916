/**
 * Best-of-N: accuracy of the candidate that the reward model likes most among N, against N, at the largest sample size.
 * pass@N (a perfect judge) is the most that any reward model could reach; random choice is what N alone gives.
 */
import { bestOfTemplate, excludedQuestionsTemplate, templateParts, type Metric } from '../../kinds/metrics.ts';
import { untrained } from '../baselines.ts';
import { modelsOf } from '../cells.ts';
import { ascending, unique } from '../distinct.ts';
import { bySeed, estimateMetric, recordedValues } from '../estimate.ts';
import { count } from '../../text/index.ts';
import { range } from '../format.ts';
import type { Cell, ChartSpec, Estimate } from '../report-types.ts';
import { modelViews, type FigureDrawing, type FigureKind, type ModelView, type TaskView } from '../view.ts';
import { armSeries, type ArmSeries } from './arm-series.ts';
import { arrange } from './arrange.ts';
import { doublingAxis, frame, limitsOf, metricAxis, type Frame } from './axes.ts';
import { chartRows, finishedRows, type ChartRow } from './chart-rows.ts';
import { referenceStyles } from './chart-theme.ts';
import { curveLayers } from './curve-layers.ts';
import { evidenceText } from './evidence.ts';
import { legendEntries, seriesScales, type Series } from './series.ts';

interface Reference extends Series {
  metricAt(n: number): string;
  /** The untrained head differs from seed to seed, so it has a spread. */
  readonly isModel: boolean;
}

const rule = (label: string, name: keyof typeof referenceStyles): Reference => ({
  ...referenceStyles[name],
  label,
  metricAt: (n) => `baseline/${name}_at_${n}`,
  isModel: false,
});

const references: readonly Reference[] = [
  rule('perfect judge (pass@N)', 'pass'),
  rule('majority vote', 'majority'),
  rule('random choice', 'random'),
  rule('longest response', 'longest'),
  rule('shortest response', 'shortest'),
  {
    ...referenceStyles.untrained,
    label: 'untrained head',
    metricAt: (n) => `baseline/untrained_head_best_of_${n}`,
    isModel: true,
  },
];

export const bestOfN: FigureKind = {
  id: 'best-of-n',
  scope: 'task',
  draw: (view) => {
    const largest = Math.max(...view.cells.map((cell) => cell.samples));
    const arms = armSeries(view.cells, { withMiddle: false });
    const cells = view.cells.filter((cell) => cell.samples === largest && arms.styleOf(cell) !== null);
    const shown = { ...view, cells };
    const sizes = sizesOf(cells);
    const rows = rowsOf(shown, arms, sizes);
    return rows.length === 0 ? null : drawingOf(shown, { arms, sizes, rows });
  },
};

/** The Ns at which anything was measured. */
function sizesOf(cells: readonly Cell[]): readonly number[] {
  return ascending(
    metricNames(cells)
      .flatMap((name) => templateParts(bestOfTemplate, name)?.['n'] ?? [])
      .map(Number),
  );
}

const metricNames = (cells: readonly Cell[]): readonly string[] =>
  unique(cells.flatMap((cell) => cell.used.flatMap((trial) => Object.keys(trial.metrics))));

const bestOf = (n: number): string => bestOfTemplate.replace('{n}', String(n));

function rowsOf(view: TaskView, arms: ArmSeries, sizes: readonly number[]): readonly ChartRow[] {
  const rows = modelViews(view).flatMap((own) => [
    ...sizes.flatMap((n) => modelRows(own, arms, n)),
    ...sizes.flatMap((n) => referenceRows(own, n)),
  ]);
  return finishedRows(rows);
}

function modelRows({ cells, metricOf, model }: ModelView, arms: ArmSeries, n: number): ChartRow[] {
  return cells.flatMap((cell) => {
    const at = { panel: model, series: arms.styleOf(cell)?.label ?? '', x: n };
    return chartRows(at, estimateMetric(cell.used, metricOf(bestOf(n))));
  });
}

function referenceRows({ cells, metricOf, model }: ModelView, n: number): ChartRow[] {
  return references.flatMap((reference) => {
    const estimate = referenceEstimate(cells, reference, metricOf(reference.metricAt(n)));
    return chartRows({ panel: model, series: reference.label, x: n }, estimate);
  });
}

/**
 * References do not depend on training; equal values of all seeds are one value, not a mean with n seeds and no spread.
 */
function referenceEstimate(cells: readonly Cell[], { isModel }: Reference, metric: Metric): Estimate | null {
  if (isModel) return untrained(cells, metric);
  const over = estimateMetric(bySeed(cells.flatMap((cell) => cell.used)), metric);
  const isOneValue = over?.values.every(({ value }) => value === over.values[0]?.value) === true;
  return over !== null && isOneValue ? { ...over, n: 1, values: [] } : over;
}

interface Plot {
  readonly arms: ArmSeries;
  readonly sizes: readonly number[];
  readonly rows: readonly ChartRow[];
}

function drawingOf(view: TaskView, { arms, sizes, rows }: Plot): FigureDrawing {
  const { task, cells, metricOf } = view;
  const series = [...arms.series, ...references].filter(({ label }) => rows.some((row) => row.series === label));
  const panels = modelsOf(cells).filter((panel) => rows.some((row) => row.panel === panel));
  const metric = metricOf(bestOf(sizes[0] as number));
  const box = frame(rows, [], limitsOf(metric));
  const title = `Best-of-N on ${task} after ${count((cells[0] as Cell).samples)} samples`;
  return {
    title,
    caption: captionOf(cells, rows, box),
    alt: altOf(task, sizes, panels, series),
    ...arrange(rows, { title, panels, height: 260, layers: layersOf(sizes, series, metric, box) }),
    legend: [{ title: 'chosen by', entries: legendEntries(series, 'line') }],
  };
}

function altOf(task: string, sizes: readonly number[], panels: readonly string[], series: readonly Series[]): string {
  const lines = series.map(({ label }) => label).join('; ');
  return (
    `Line charts, one for each of ${panels.join(', ')}: ` +
    `accuracy of the chosen candidate on ${task} against N = ${sizes.join(', ')}, one line for each of: ${lines}.`
  );
}

function layersOf(
  sizes: readonly number[],
  series: readonly Series[],
  metric: Metric,
  box: Frame,
): readonly ChartSpec[] {
  const x = doublingAxis(sizes, 'N candidates (log scale)', 1.15);
  const y = metricAxis('accuracy of the chosen answer', metric, box);
  const { color, shape, dash } = seriesScales(series, 'series', null);
  return curveLayers({ x, y, color, shape, dash, filter: [] });
}

function captionOf(cells: readonly Cell[], rows: readonly ChartRow[], { isCut }: Frame): string {
  const questions = recordedValues(cells, 'eval/pool_questions');
  const of = questions.length > 0 ? ` of ${range(questions)} questions` : '';
  return (
    `${evidenceText(cells, rows, isCut)} Expected accuracy over all subsets of N candidates${of}, ` +
    `not one draw.${leftOutText(cells)} References need no reward model; pass@N is the most that any could reach.`
  );
}

function leftOutText(cells: readonly Cell[]): string {
  const names = metricNames(cells).filter((name) => templateParts(excludedQuestionsTemplate, name) !== null);
  const most = Math.max(0, ...names.flatMap((name) => recordedValues(cells, name)));
  return most > 0 ? ` Up to ${count(most)} questions have fewer candidates than N and are left out there.` : '';
}
