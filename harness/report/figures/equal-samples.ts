/**
 * How many samples without a treatment equal how many with it: the readings of sample efficiency, one panel an arm that
 * it is compared with. On the diagonal the treatment saves nothing.
 */
import { sampleSizes } from '../cells.ts';
import { countsText, sumCounts } from '../counts.ts';
import { ascending, groupBy, unique } from '../distinct.ts';
import { reachText } from '../efficiency-sentence.ts';
import { count, plural } from '../../text/index.ts';
import { listText, range } from '../format.ts';
import type { ChartSpec, Efficiency, LegendEntry } from '../report-types.ts';
import type { FigureDrawing, FigureKind, TaskView } from '../view.ts';
import { arrange } from './arrange.ts';
import { doublingAxis } from './axes.ts';
import { ink, muted, panelWidth } from './chart-theme.ts';
import { filtered, pointLayer } from './curve-layers.ts';
import { panelOf, treatmentName, treatmentsOf } from './effect-rows.ts';
import { equalRow, marks, marksIn, type EqualRow, type Mark } from './equal-rows.ts';

/** One reading is no curve. */
const leastSizes = 2;

export const equalSamples: FigureKind = {
  id: 'equal-samples',
  scope: 'task',
  draw: (view) => {
    const panels = groupBy(view.efficiency, (reading) => panelOf(reading, view)).filter(
      (readings) => unique(readings.map(({ samples }) => samples)).length >= leastSizes,
    );
    return panels.length === 0 ? null : drawingOf(view, panels);
  },
};

const legendTitle = 'the other arm needs';

type Panels = readonly (readonly [Efficiency, ...Efficiency[]])[];

function drawingOf(view: TaskView, panels: Panels): FigureDrawing {
  const rows = panels.flat().map((reading) => equalRow(reading, view));
  const name = listText(treatmentsOf(view));
  const title = `Finetuning samples with and without ${name} for equal results on ${view.task}`;
  const names = panels.map(([first]) => panelOf(first, view));
  return {
    title,
    caption: captionOf(view, panels),
    alt: altOf(view, panels),
    ...arrange(rows, { title, panels: names, height: panelWidth, layers: layersOf(view, rows) }),
    legend: [{ title: legendTitle, entries: legendOf(rows) }],
  };
}

function captionOf(view: TaskView, panels: Panels): string {
  const readings = panels.flat();
  const name = treatmentName(view);
  const how =
    `With the samples of the horizontal axis ${name} (at its largest budget) reaches a ${view.headline.label} for ` +
    `which the arm named above the panel needs those of the vertical axis. Above the dashed diagonal ${name} saves ` +
    `samples: half of them where a point lies one doubling above it.`;
  const bars = readings.some(({ interval }) => interval !== null)
    ? 'Bars: 95 % over seeds, not corrected for their number; an open mark, or an arrow at the end of a bar, lies beyond'
    : 'There are no intervals: one seed a point, or no spread; open marks lie beyond';
  return `${how} ${bars} the sizes measured. ${evidenceOf(view, readings)}`;
}

function evidenceOf({ cells }: TaskView, readings: readonly Efficiency[]): string {
  const averaged = unique(readings.filter(({ models }) => models.length > 1).map(({ models }) => listText(models)));
  const models = averaged.map((names) => `Averaged within a seed: ${names}. `).join('');
  const seeds = readings.map(({ n }) => n);
  const n = unique(seeds).length === 1 ? plural(seeds[0] as number, 'seed') : `${range(seeds)} seeds`;
  return `${models}${countsText(sumCounts(cells))}; n per point = ${n} complete on both sides.`;
}

function altOf(view: TaskView, panels: Panels): string {
  const told = panels.map((readings) => {
    const points = readings.map(({ samples, needs }) => `${count(samples)} equal ${reachText(needs)}`);
    return `${panelOf(readings[0], view)}, ${points.join('; ')}`;
  });
  return `Point charts of finetuning samples with ${treatmentName(view)} against samples without: ${told.join('. ')}.`;
}

function legendOf(rows: readonly EqualRow[]): readonly LegendEntry[] {
  return marksIn(rows).map((label) => ({ label, color: ink, shape: marks[label], dash: null }));
}

function layersOf(view: TaskView, rows: readonly EqualRow[]): readonly ChartSpec[] {
  const { x, y, ends } = axesOf(view, rows);
  const color = { field: 'color', type: 'nominal', scale: null, legend: null };
  const shape = shapeOf(rows);
  const diagonal = { type: 'line', strokeDash: [4, 3], strokeWidth: 1.5, color: muted };
  const diagonalName = { type: 'text', align: 'left', baseline: 'bottom', dx: 20, dy: -2, fontSize: 11, color: ink };
  const interval = { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color };
  const arrow = (end: 'low' | 'high', which: string, of: string): ChartSpec => ({
    transform: filtered(`datum.${which}`),
    mark: { type: 'point', filled: true, shape: of, size: 40, opacity: 1 },
    encoding: { x, y: { ...y, field: end }, color },
  });
  return [
    { data: { values: ends.map((end) => ({ x: end, y: end })) }, mark: diagonal, encoding: { x, y } },
    {
      data: { values: [{ x: ends[0], y: ends[0] }] },
      mark: diagonalName,
      encoding: { x, y, text: { value: 'y = x' } },
    },
    { transform: filtered('isValid(datum.low)'), mark: { type: 'rule', strokeWidth: 2 }, encoding: interval },
    arrow('low', 'isOpenBelow', 'triangle-down'),
    arrow('high', 'isOpenAbove', 'triangle-up'),
    pointLayer(filtered(`!(${isBound})`), { size: 75, opacity: 1 }, { x, y, color, shape }),
    {
      transform: filtered(isBound),
      mark: { type: 'point', filled: true, fill: 'white', size: 75, opacity: 1, strokeWidth: 2 },
      encoding: { x, y, stroke: color, shape },
    },
  ];
}

const isBound = `datum.mark !== ${JSON.stringify('that many' satisfies Mark)}`;

function shapeOf(rows: readonly EqualRow[]): ChartSpec {
  const domain = marksIn(rows);
  const scale = { domain, range: domain.map((mark) => marks[mark]) };
  return { field: 'mark', type: 'nominal', sort: null, title: legendTitle, scale, legend: { columns: 3 } };
}

/** The same sizes on both, so that the diagonal leads from corner to corner. */
function axesOf(view: TaskView, rows: readonly EqualRow[]): Record<'x' | 'y', ChartSpec> & { ends: readonly number[] } {
  const room = 1.3;
  const sizes = ascending([...sampleSizes(view.cells), ...rows.map((row) => row.x)]);
  const x = doublingAxis(sizes, `samples with ${treatmentName(view)} (both axes: log scale)`, room);
  // No longer than the panel is high: what it may be measured as would press the panel down.
  const y = doublingAxis(sizes, 'samples needed by the other arm', room);
  return { x, y: { ...y, field: 'y' }, ends: [(sizes[0] as number) / room, (sizes.at(-1) as number) * room] };
}
