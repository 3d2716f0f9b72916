/**
 * RM accuracy against finetuning samples, with and without pretraining: sample efficiency. One panel an architecture.
 */
import { accuracyMetric, estimateMetric } from '../cells.ts';
import { unique } from '../compare.ts';
import { count } from '../format.ts';
import type { Cell, Figure } from '../report-input.ts';
import { armSeries } from './arm-series.ts';
import {
  accuracyAxis,
  arrange,
  chanceLayers,
  chartRows,
  countAxis,
  evidenceText,
  frame,
  legendEntries,
  markAlone,
  roundRow,
  seriesScales,
} from './chart-kit.ts';
import { curveLayers } from './curve-layers.ts';

export function accuracyBySamples(task: string, name: string, cells: readonly Cell[]): Figure | null {
  const arms = armSeries(cells);
  const shown = cells.filter((cell) => arms.styleOf(cell) !== null);
  const rows = markAlone(
    shown.flatMap((cell) =>
      chartRows(
        { panel: cell.architecture, series: arms.styleOf(cell)?.label ?? '', x: cell.samples },
        estimateMetric(cell.used, accuracyMetric),
      ),
    ),
  ).map(roundRow);
  if (rows.length === 0) return null;
  const series = arms.series.filter(({ label }) => rows.some((row) => row.series === label));
  const panels = unique(rows.map((row) => row.panel));
  const sizes = unique(shown.map((cell) => cell.samples)).toSorted((a, b) => a - b);
  const box = frame(rows, [0.5], [0, 1]);
  const [smallest, largest] = [sizes[0] as number, sizes.at(-1) as number];
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { type: 'log', base: 2, domain: [smallest / 1.2, largest * 1.2], nice: false },
    axis: countAxis(sizes, 'finetuning samples (pairs, log scale)'),
  };
  const y = accuracyAxis('pairwise accuracy (test)', box);
  const { color, shape, dash } = seriesScales(series, 'series', null);
  const title = `Pairwise accuracy on ${task} by finetuning samples`;
  return {
    name,
    task,
    title,
    caption: `${evidenceText(shown, rows, box.isCut)}${arms.leftOut === '' ? '' : ` ${arms.leftOut}`}`,
    alt: `Line charts, one for each of ${panels.join(', ')}: pairwise accuracy on ${task} against ${count(smallest)} to ${count(largest)} finetuning samples, one line for each of: ${series.map(({ label }) => label).join('; ')}.`,
    ...arrange(rows, {
      title,
      panels,
      layers: [...chanceLayers(y), ...curveLayers({ x, y, color, shape, dash, filter: [] })],
    }),
    legend: [{ title: 'arm', entries: legendEntries(series, 'line') }],
  };
}
