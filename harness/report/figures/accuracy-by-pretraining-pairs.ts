/**
 * RM accuracy against pretraining pairs: the scaling curve. One line a model, one panel a sample size. The arm
 * that the treatment begins with stands at 0 pairs; the others stand beside the curve, at their budget.
 */
import { sampleSizes } from '../cells.ts';
import { ascending, unique } from '../distinct.ts';
import { estimateMetric } from '../estimate.ts';
import { count } from '../../text/index.ts';
import { armLabel, capitalized, listText } from '../format.ts';
import type { Arm } from '../../kinds/arms.ts';
import type { Cell, ChartSpec } from '../report-types.ts';
import type { FigureDrawing, FigureKind, TaskView } from '../view.ts';
import { arrange } from './arrange.ts';
import { countAxis, frame, limitsOf, metricAxis, type Frame } from './axes.ts';
import { chartRows, finishedRows, type ChartRow } from './chart-rows.ts';
import { ink } from './chart-theme.ts';
import { chanceLayers, curveLayers, filtered, pointLayer } from './curve-layers.ts';
import { evidenceText } from './evidence.ts';
import { besideCurve, curveLabel, linesOf } from './pretraining-curves.ts';
import { colorSeries, legendEntries, seriesScales, type Series } from './series.ts';
import { variantPanels } from './variant-panels.ts';

/** Controls stand beside the point of their budget, not on top of it: pixels from one to the next. */
const offsetStep = 9;

export const accuracyByPretrainingPairs: FigureKind = {
  id: 'rm-accuracy-by-pretraining-pairs',
  scope: 'task',
  draw: (all) => {
    const view = variantPanels(all);
    const plot = plotOf(view);
    // Of one budget there is no curve: the figure by samples has its arms side by side.
    return unique(plot.rows.map(({ x }) => x)).length < 2 ? null : drawingOf(view, plot);
  },
};

interface Plot {
  readonly rows: readonly ChartRow[];
  /** One a model; one more for each variant of a treatment, and for each of several treatments. */
  readonly lines: readonly Series[];
  /** The curve, and the controls beside it. */
  readonly marks: readonly Series[];
  readonly controls: readonly Arm[];
  readonly box: Frame;
}

function plotOf({ cells, headline }: TaskView): Plot {
  const controls = besideCurve(cells);
  const rows = finishedRows(cells.flatMap((cell) => rowsOf(cell, cells)));
  const curve: Series = { color: ink, shape: 'circle', dash: [1, 0], label: curveLabel(cells) };
  // The curve has the circles.
  const beside = controls.map(({ label, style: { color, shape, dash } }) => ({
    color,
    shape: shape === curve.shape ? ('diamond' as const) : shape,
    dash,
    label,
  }));
  const lines = colorSeries(unique(cells.flatMap((cell) => linesOf(cell, cells))));
  const box = frame(rows, headline.chance === null ? [] : [headline.chance], limitsOf(headline));
  return { rows, lines, marks: [curve, ...beside], controls, box };
}

function rowsOf(cell: Cell, cells: readonly Cell[]): readonly ChartRow[] {
  const mark = besideCurve(cells).includes(cell.arm) ? cell.arm.label : curveLabel(cells);
  const origin = { arm: armLabel(cell, true), model: cell.model };
  const at = { panel: panelOf(cell.samples), mark, x: cell.pretrainPairs, origin };
  const estimate = estimateMetric(cell.used, cell.headline);
  return linesOf(cell, cells).flatMap((series) => chartRows({ ...at, series }, estimate));
}

const panelOf = (samples: number): string => `${count(samples)} samples`;

function drawingOf(view: TaskView, plot: Plot): FigureDrawing {
  const { rows, lines, marks } = plot;
  const panels = sampleSizes(view.cells)
    .map(panelOf)
    .filter((panel) => rows.some((row) => row.panel === panel));
  const title = `${capitalized(view.headline.label)} on ${view.task} by pretraining pairs`;
  return {
    title,
    caption: captionOf(view, plot),
    alt: altOf(view, panels, lines),
    ...arrange(rows, { title, panels, layers: layersOf(view, plot) }),
    legend: [
      { title: 'model', entries: legendEntries(lines, 'color') },
      { title: 'arm', entries: legendEntries(marks, 'shape') },
    ],
    reading: { x: 'pretraining pairs', y: view.headline, isDifference: false },
  };
}

function altOf({ task, headline, cells }: TaskView, panels: readonly string[], lines: readonly Series[]): string {
  const largest = count(Math.max(...cells.map((cell) => cell.pretrainPairs)));
  const names = lines.map(({ label }) => label).join('; ');
  return (
    `Line charts, one for each of ${panels.length} sample sizes: ` +
    `${headline.label} on ${task} against pretraining pairs from 0 to ${largest}, one line for each of: ${names}.`
  );
}

function captionOf({ cells }: TaskView, { rows, controls, box }: Plot): string {
  const names = listText(controls.map(({ label }) => label));
  const beside = controls.length === 0 ? '' : ` Beside the curve, at their budget, stand ${names}.`;
  return `${evidenceText(cells, rows, box.isCut)}${beside} The horizontal axis is linear near 0 and logarithmic beyond.`;
}

function layersOf({ headline, cells }: TaskView, { lines, marks, controls, box }: Plot): readonly ChartSpec[] {
  const x = pairsAxis(cells, controls.length);
  const y = metricAxis(`${headline.label} (test)`, headline, box);
  const { color } = seriesScales(lines, 'series', 'model');
  const { shape } = seriesScales(marks, 'mark', 'arm');
  const encoding = { x, y, color, shape };
  return [
    ...chanceLayers(y, headline.chance),
    ...curveLayers({ ...encoding, dash: null, filter: [isMark(curveLabel(cells))] }),
    ...controls.flatMap(({ label }, i) => controlLayers(label, offsetStep * (i + 1), encoding)),
  ];
}

const isMark = (label: string): string => `datum.mark === ${JSON.stringify(label)}`;

function controlLayers(
  label: string,
  xOffset: number,
  { x, y, color, shape }: Readonly<Record<'x' | 'y' | 'color' | 'shape', ChartSpec>>,
): readonly ChartSpec[] {
  const means = filtered(isMark(label), "datum.role === 'mean'");
  const seeds = filtered(isMark(label), "datum.role === 'seed'");
  return [
    {
      transform: [...means, ...filtered('isValid(datum.low)')],
      mark: { type: 'rule', xOffset, strokeWidth: 1.5, opacity: 0.7 },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
    },
    pointLayer(seeds, { size: 14, opacity: 0.45, xOffset }, { x, y, color, shape }),
    pointLayer(means, { size: 62, opacity: 1, xOffset }, { x, y, color, shape }),
  ];
}

/**
 * A log axis has no 0. Linear below half the smallest budget, logarithmic above: 0 stands clearly apart, and doublings
 * are equally far from each other.
 */
function pairsAxis(cells: readonly Cell[], controls: number): ChartSpec {
  const pairs = ascending([0, ...cells.map((cell) => cell.pretrainPairs)]);
  const padding = controls > 0 ? 6 + offsetStep * controls : 10;
  const domain = [0, pairs.at(-1)];
  return {
    field: 'x',
    type: 'quantitative',
    scale: { type: 'symlog', constant: (pairs[1] ?? 1) / 2, domain, nice: false, padding },
    axis: countAxis(pairs, 'pretraining pairs (0 = no pretraining)'),
  };
}
