/**
 * RM accuracy against finetuning samples, with and without pretraining: sample efficiency. One panel a model.
 */
import { sampleSizes } from '../cells.ts';
import { unique } from '../distinct.ts';
import { estimateMetric } from '../estimate.ts';
import { count } from '../../text/index.ts';
import { capitalized } from '../format.ts';
import type { FigureDrawing, FigureKind, TaskView } from '../view.ts';
import { armSeries, type ArmSeries } from './arm-series.ts';
import { arrange } from './arrange.ts';
import { doublingAxis, frame, limitsOf, metricAxis, type Frame } from './axes.ts';
import { chartRows, finishedRows, type ChartRow } from './chart-rows.ts';
import { chanceLayers, curveLayers } from './curve-layers.ts';
import { apartText, evidenceText } from './evidence.ts';
import { legendEntries, lineScales, type Series } from './series.ts';
import { variantPanels } from './variant-panels.ts';
import type { ChartSpec } from '../report-types.ts';

export const accuracyBySamples: FigureKind = {
  id: 'rm-accuracy-by-samples',
  scope: 'task',
  draw: (all) => {
    const view = variantPanels(all);
    const arms = armSeries(view.cells);
    const shown = { ...view, cells: view.cells.filter((cell) => arms.styleOf(cell) !== null) };
    const rows = rowsOf(shown, arms);
    // All arms above one size would be a table, which the page has.
    return unique(rows.map(({ x }) => x)).length < 2 ? null : drawingOf(shown, arms, rows);
  },
};

function rowsOf({ cells, headline }: TaskView, arms: ArmSeries): readonly ChartRow[] {
  return finishedRows(
    cells.flatMap((cell) => {
      const series = arms.styleOf(cell)?.label ?? '';
      const origin = { arm: series, model: cell.model };
      return chartRows({ panel: cell.model, series, x: cell.samples, origin }, estimateMetric(cell.used, headline));
    }),
  );
}

function drawingOf(view: TaskView, arms: ArmSeries, rows: readonly ChartRow[]): FigureDrawing {
  const { task, headline, cells } = view;
  const series = arms.series.filter(({ label }) => rows.some((row) => row.series === label));
  const panels = unique(rows.map((row) => row.panel));
  const box = frame(rows, headline.chance === null ? [] : [headline.chance], limitsOf(headline));
  const title = `${capitalized(headline.label)} on ${task} by finetuning samples`;
  return {
    title,
    caption: [evidenceText(cells, rows, box.isCut), apartText, arms.leftOut].filter((text) => text !== '').join(' '),
    alt: altOf(view, panels, series),
    ...arrange(rows, { title, panels, layers: layersOf(view, series, box) }),
    legend: [{ title: 'arm', entries: legendEntries(series, 'line') }],
    reading: { x: 'finetuning samples', y: headline, isDifference: false },
  };
}

function altOf({ task, headline, cells }: TaskView, panels: readonly string[], series: readonly Series[]): string {
  const sizes = sampleSizes(cells);
  const [smallest, largest] = [count(sizes[0] as number), count(sizes.at(-1) as number)];
  const lines = series.map(({ label }) => label).join('; ');
  return (
    `Line charts, one for each of ${panels.join(', ')}: ` +
    `${headline.label} on ${task} against ${smallest} to ${largest} finetuning samples, one line for each of: ${lines}.`
  );
}

function layersOf({ headline, cells }: TaskView, series: readonly Series[], box: Frame): readonly ChartSpec[] {
  const x = doublingAxis(sampleSizes(cells), 'finetuning samples (pairs, log scale)', 1.2);
  const y = metricAxis(`${headline.label} (test)`, headline, box);
  const { color, shape, dash } = lineScales(series);
  return [
    ...chanceLayers(y, headline.chance),
    ...curveLayers({ x, y, color, shape, dash, filter: [], apart: series.map(({ label }) => label) }),
  ];
}
