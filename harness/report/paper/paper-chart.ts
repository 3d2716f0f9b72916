/** A figure of the paper in Vega-Lite: means over seeds with their intervals, single seeds, and published values. */
import { lineScales, seriesScales, type Series } from '../figures/series.ts';
import { arrange } from '../figures/arrange.ts';
import { doublingAxis, frame, metricAxis } from '../figures/axes.ts';
import { chartRows, finishedRows, round, type ChartRow } from '../figures/chart-rows.ts';
import { ink, modelColors } from '../figures/chart-theme.ts';
import { curveLayers, filtered, pointLayer } from '../figures/curve-layers.ts';
import { groupBy, unique } from '../distinct.ts';
import type { ChartSpec, Estimate } from '../report-types.ts';
import { mean, tInterval } from '../../stats/index.ts';
import type { FigureRow, PaperFigure } from './paper-figure.ts';
import type { PublishedPoint } from './published.ts';

/** In a chart of arms every series has the place of its number. */
export function paperChart(
  { title, chart }: PaperFigure,
  rows: readonly FigureRow[],
  published: readonly PublishedPoint[],
): ChartSpec {
  const labels = unique(rows.map(({ series }) => series)).toSorted(byNumber);
  const placed = rows.map((row) => ({ ...row, x: chart.kind === 'arms' ? labels.indexOf(row.series) : row.x }));
  const places = groupBy(placed, ({ panel, series: label, x }) => JSON.stringify([panel, label, x]));
  const measured = finishedRows(
    places.flatMap((seeds) => {
      const [{ panel, series: label, x }] = seeds;
      return chartRows({ panel, series: label, x: x ?? 0 }, estimateOf(seeds));
    }),
  );
  const panels = unique(measured.map(({ panel }) => panel));
  const marks = publishedRows(published, panels, chart.kind === 'arms' ? labels.length : null);
  const series = labels.map(seriesAt);
  const layers = layersOf(chart, [...measured, ...marks], series);
  const { title: description, ...spec } = arrange([...measured, ...marks], { title, panels, layers }).spec;
  // The title is the caption's: in the picture a long one would leave half of it empty.
  return { ...spec, description, ...(marks.length === 0 ? {} : { title: publishedNote }) };
}

/** `pmp-2048` before `pmp-16384`. */
const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const publishedNote = { text: '\u25c6 published by the paper', fontSize: 11, fontWeight: 'normal' } as const;

/** A diamond is a published value. */
const shapes = ['circle', 'square', 'triangle-up', 'cross'] as const;

/** After six colours they come again with the next shape. */
function seriesAt(label: string, index: number): Series {
  const [color, shape] = [modelColors[index % modelColors.length], shapes[Math.floor(index / modelColors.length) % 4]];
  return { label, color: color as string, shape: shape as string, dash: [1, 0] };
}

function estimateOf(seeds: readonly FigureRow[]): Estimate {
  const values = seeds.map(({ value }) => value);
  return {
    mean: mean(values),
    interval: tInterval(values, { unit: 'seeds' }),
    n: values.length,
    values: seeds.map(({ seed, value }) => ({ seed, value })),
  };
}

interface PublishedRow extends Omit<ChartRow, 'role'> {
  readonly role: 'published';
}

/** What is not known is not drawn. @param place Of all of them in a chart of arms, where they have no x. */
function publishedRows(
  points: readonly PublishedPoint[],
  panels: readonly string[],
  place: number | null,
): readonly PublishedRow[] {
  return points.flatMap(({ panel, series, x, value }): readonly PublishedRow[] => {
    const at = place ?? x;
    if (value === null || at === null || !panels.includes(panel)) return [];
    const base = { panel, series, mark: series, low: null, high: null, hasBar: true } as const;
    return [{ ...base, role: 'published', x: at, y: round(value) }];
  });
}

function layersOf(
  chart: PaperFigure['chart'],
  rows: readonly (ChartRow | PublishedRow)[],
  series: readonly Series[],
): readonly ChartSpec[] {
  const scales = chart.kind === 'curve' ? lineScales(series) : { ...seriesScales(series, 'series', null), dash: null };
  const { color, shape, dash } = scales;
  const x = chart.kind === 'curve' ? doublingAxis(xsOf(rows), chart.x, 1.15) : armAxis(rows);
  const y = yAxis(chart.y, rows);
  const look = { size: 90, opacity: 1 };
  const reference = pointLayer(filtered("datum.role === 'published'"), look, {
    x,
    y,
    color: { value: ink },
    shape: { value: 'diamond' },
  });
  const curves = curveLayers({
    x,
    y,
    color,
    shape,
    dash,
    filter: [notPublished],
    apart: chart.kind === 'curve' ? series.map(({ label }) => label) : [],
  });
  return rows.some(({ role }) => role === 'published') ? [...curves, reference] : curves;
}

const notPublished = "datum.role !== 'published'";

const xsOf = (rows: readonly { readonly x: number }[]): readonly number[] =>
  unique(rows.map(({ x }) => x)).toSorted((a, b) => a - b);

/** A column for each series, named by the legend alone: names are longer than columns are wide. */
function armAxis(rows: readonly { readonly x: number }[]): ChartSpec {
  const last = Math.max(...rows.map(({ x }) => x));
  const scale = { domain: [-0.5, last + 0.5], nice: false, zero: false };
  return { field: 'x', type: 'quantitative', scale, axis: { title: null, labels: false, ticks: false, grid: false } };
}

function yAxis({ title, unit }: PaperFigure['chart']['y'], rows: readonly (ChartRow | PublishedRow)[]): ChartSpec {
  if (unit === 'count') {
    const values = rows.map(({ y }) => y);
    const domain = [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
    const scale = { type: 'log', domain, nice: false, clamp: true };
    return { field: 'y', type: 'quantitative', scale, title, axis: { format: '~s', tickCount: 5 } };
  }
  return metricAxis(title, { unit }, frame(rows, [], [0, 1]));
}
