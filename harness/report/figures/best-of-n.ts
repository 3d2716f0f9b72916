/**
 * Best-of-N: accuracy of the candidate that the reward model likes most among N, against N, at the largest sample size.
 * pass@N (a perfect judge) is the most that any reward model could reach; random choice is what N alone gives. One
 * figure draws subsets from all candidates of a question, another one from those of one source.
 */
import { excludedQuestionsSuffix, standardErrorSuffix, templateParts, type Metric } from '../../kinds/metrics.ts';
import { variantPanels } from './variant-panels.ts';
import { modelsOf } from '../cells.ts';
import { recordedValues } from '../estimate.ts';
import { count } from '../../text/index.ts';
import { range } from '../format.ts';
import { overLengthText } from '../over-length.ts';
import type { Cell, ChartSpec, FigureLegend } from '../report-types.ts';
import type { FigureDrawing, FigureKind, TaskView } from '../view.ts';
import { armSeries } from './arm-series.ts';
import { arrange } from './arrange.ts';
import { doublingAxis, frame, limitsOf, metricAxis, type Frame } from './axes.ts';
import {
  atN,
  metricNames,
  pooled,
  referencesOf,
  rowsOf,
  sizesOf,
  voteOf,
  withinSource,
  type Drawing,
  type Lines,
} from './best-of-n-lines.ts';
import type { ChartRow } from './chart-rows.ts';
import { curveLayers } from './curve-layers.ts';
import { apartText, evidenceText } from './evidence.ts';
import { legendEntries, lineScales, type Series } from './series.ts';

export const bestOfN: FigureKind = {
  id: 'best-of-n',
  scope: 'task',
  draw: (view) => drawn(view, pooled),
};

export const bestOfNWithinSource: FigureKind = {
  id: 'best-of-n-within-source',
  scope: 'task',
  draw: (view) => drawn(view, withinSource),
};

function drawn(all: TaskView, drawing: Drawing): FigureDrawing | null {
  const view = variantPanels(all);
  const largest = Math.max(...view.cells.map((cell) => cell.samples));
  const arms = armSeries(view.cells, { withMiddle: false });
  const cells = view.cells.filter((cell) => cell.samples === largest && arms.styleOf(cell) !== null);
  const lines = { arms, sizes: sizesOf(cells, drawing), drawing };
  const rows = rowsOf({ ...view, cells }, lines);
  return rows.length === 0 ? null : drawingOf({ ...view, cells }, lines, rows);
}

function drawingOf(view: TaskView, lines: Lines, rows: readonly ChartRow[]): FigureDrawing {
  const { task, cells, metricOf } = view;
  const { sizes, drawing } = lines;
  const isDrawn = ({ label }: Series): boolean => rows.some((row) => row.series === label);
  const models = modelSeries(cells, lines).filter(isDrawn);
  const references = referencesOf(drawing).filter(isDrawn);
  const panels = modelsOf(cells).filter((panel) => rows.some((row) => row.panel === panel));
  const metric = metricOf(atN(drawing.bestOf, sizes[0] as number));
  const box = frame(rows, [], limitsOf(metric));
  const series = [...models, ...references];
  const title = titleOf(task, cells, drawing);
  return {
    title,
    caption: captionOf(cells, rows, { box, drawing }),
    alt: altOf(task, sizes, panels, series),
    ...arrange(rows, { title, panels, height: 260, layers: layersOf(sizes, { models, references }, metric, box) }),
    legend: legendOf(models, references),
    reading: { x: 'candidates', y: { ...metric, label: 'accuracy of the choice' }, isDifference: false },
  };
}

function titleOf(task: string, cells: readonly Cell[], drawing: Drawing): string {
  const within = drawing === withinSource ? ' within one source' : '';
  return `Best-of-N${within} on ${task} after ${count((cells[0] as Cell).samples)} samples`;
}

function legendOf(models: readonly Series[], references: readonly Series[]): readonly FigureLegend[] {
  return [
    { title: 'chosen by a reward model', entries: legendEntries(models, 'line') },
    { title: 'chosen without training', entries: legendEntries(references, 'line') },
  ].filter(({ entries }) => entries.length > 0);
}

function modelSeries(cells: readonly Cell[], { arms }: Lines): readonly Series[] {
  const vote = voteOf(cells, arms);
  if (vote === null) return arms.series;
  const { point: _point, ...series } = vote;
  return [...arms.series, series];
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
  { models, references }: { readonly models: readonly Series[]; readonly references: readonly Series[] },
  metric: Metric,
  box: Frame,
): readonly ChartSpec[] {
  const x = doublingAxis(sizes, 'N candidates (log scale)', 1.15);
  const y = metricAxis('accuracy of the chosen answer', metric, box);
  const { color, shape, dash } = lineScales([...models, ...references]);
  const encoding = { x, y, color, shape, dash };
  const arms = models.map(({ label }) => label);
  const isArm = `indexof(${JSON.stringify(arms)}, datum.series) >= 0`;
  // Intervals of the references, all over the same questions, would hide those of the arms.
  return [
    ...(references.length === 0 ? [] : curveLayers({ ...encoding, filter: [`!(${isArm})`], banded: [] })),
    ...curveLayers({ ...encoding, filter: [isArm], apart: arms }),
  ];
}

function captionOf(
  cells: readonly Cell[],
  rows: readonly ChartRow[],
  { box, drawing }: { readonly box: Frame; readonly drawing: Drawing },
): string {
  const questions = recordedValues(cells, 'eval/pool_questions');
  const of = questions.length > 0 ? ` of ${range(questions)} questions` : '';
  const among = drawing === withinSource ? ' of one source, averaged over sources,' : '';
  return (
    `${evidenceText(cells, rows, box.isCut)}${errorText(cells)} Expected accuracy over all subsets of N ` +
    `candidates${among}${of}, not one draw.${leftOutText(cells, drawing)}${overLengthText(cells, 'pool questions')} ` +
    `${apartText} References need no reward model; pass@N is the most that any could reach.${voteText(cells, drawing)}`
  );
}

function errorText(cells: readonly Cell[]): string {
  const isRecorded = metricNames(cells).some((name) => name.endsWith(standardErrorSuffix));
  return isRecorded
    ? ' Intervals include another draw of questions, clustered by their group. They are drawn for the arms.'
    : '';
}

function leftOutText(cells: readonly Cell[], { bestOf }: Drawing): string {
  const excluded = `${bestOf}${excludedQuestionsSuffix}`;
  const names = metricNames(cells).filter((name) => templateParts(excluded, name) !== null);
  const most = Math.max(0, ...names.flatMap((name) => recordedValues(cells, name)));
  return most > 0 ? ` Up to ${count(most)} questions have fewer candidates than N and are left out there.` : '';
}

function voteText(cells: readonly Cell[], { vote }: Drawing): string {
  if (vote === null) return '';
  const names = metricNames(cells);
  if (!names.some((name) => templateParts(vote, name) !== null)) return '';
  const sampled = names.filter((name) => templateParts(`${vote}_sampling_error`, name) !== null);
  const most = Math.max(0, ...sampled.flatMap((name) => recordedValues(cells, name)));
  const drawn =
    most > 0 ? ` Subsets of its vote are drawn (standard error up to ${(100 * most).toFixed(2)} points).` : '';
  return ` In a reward-weighted vote an answer weighs the sum of exp(reward) over its candidates.${drawn}`;
}
