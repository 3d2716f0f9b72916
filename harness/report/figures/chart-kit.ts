/**
 * What all figures share: rows, the frame of an axis, layers of bands, lines, means and seeds, and the arrangement in
 * panels.
 */
import { sumCounts } from '../cells.ts';
import { compactCount, countsText, plural, range } from '../format.ts';
import type { Cell, ChartSpec, Estimate, LegendEntry } from '../report-input.ts';
import { chartConfig, ink, muted, type SeriesStyle } from './chart-theme.ts';

export const panelWidth = 290;
export const panelHeight = 210;

/**
 * A mean with its interval, or one seed. What is not measured has no row: nothing is ever drawn at 0 for want of a
 * number.
 */
export interface ChartRow {
  readonly panel: string;
  readonly series: string;
  /** What shape and dash stand for; equal to `series` in most figures. */
  readonly mark: string;
  readonly role: 'mean' | 'seed';
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
  /** The only mean of its line: a band of one point has no area, so a bar is drawn. */
  readonly isAlone: boolean;
}

export interface Series extends SeriesStyle {
  readonly label: string;
}

/** One mean row and a row a seed. */
export function chartRows(
  at: { panel: string; series: string; mark?: string; x: number },
  estimate: Estimate | null,
): readonly ChartRow[] {
  if (estimate === null) return [];
  const base = { panel: at.panel, series: at.series, mark: at.mark ?? at.series, x: at.x, isAlone: false };
  const mean: ChartRow = {
    ...base,
    role: 'mean',
    y: estimate.mean,
    low: estimate.interval?.low ?? null,
    high: estimate.interval?.high ?? null,
  };
  return [
    mean,
    ...estimate.values.map(({ value }): ChartRow => ({ ...base, role: 'seed', y: value, low: null, high: null })),
  ];
}

export function markAlone(rows: readonly ChartRow[]): readonly ChartRow[] {
  const key = (row: ChartRow): string => JSON.stringify([row.panel, row.series, row.mark]);
  const means = new Map<string, number>();
  for (const row of rows) if (row.role === 'mean') means.set(key(row), (means.get(key(row)) ?? 0) + 1);
  return rows.map((row) => ({ ...row, isAlone: row.role === 'mean' && means.get(key(row)) === 1 }));
}

export interface Frame {
  readonly domain: readonly [number, number];
  readonly isCut: boolean;
}

/**
 * The range of the data, with `include` (chance, zero) inside. Intervals widen it by at most half of the data's own
 * range on each side: with two seeds an interval can be wider than everything else together, and would press the data
 * flat. What does not fit is cut at the frame, and the caption says so.
 */
export function frame(
  rows: readonly Pick<ChartRow, 'y' | 'low' | 'high'>[],
  include: readonly number[],
  limits: readonly [number, number],
): Frame {
  const values = [...rows.map((row) => row.y), ...include];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = Math.max(high - low, 0.02 * Math.max(Math.abs(low), Math.abs(high), 0.5));
  const lows = rows.flatMap((row) => row.low ?? []);
  const highs = rows.flatMap((row) => row.high ?? []);
  const from = Math.max(low - span / 2, Math.min(low, ...lows)) - 0.04 * span;
  const to = Math.min(high + span / 2, Math.max(high, ...highs)) + 0.04 * span;
  const domain = [round(Math.max(limits[0], from)), round(Math.min(limits[1], to))] as const;
  return { domain, isCut: lows.some((value) => value < domain[0]) || highs.some((value) => value > domain[1]) };
}

export function seriesScales(
  series: readonly Series[],
  field: 'series' | 'mark',
  legendTitle: string | null,
): { color: ChartSpec; shape: ChartSpec; dash: ChartSpec } {
  const domain = series.map(({ label }) => label);
  const base = { field, type: 'nominal', sort: null, title: legendTitle, legend: { columns: 3 } };
  return {
    color: { ...base, scale: { domain, range: series.map(({ color }) => color) } },
    shape: { ...base, scale: { domain, range: series.map(({ shape }) => shape) } },
    // Colour and shape tell it in the legend; a dashed outline would only fray its symbols. Another field than theirs,
    // or the legends would be merged.
    dash: {
      ...base,
      field: field === 'series' ? 'mark' : 'series',
      legend: null,
      scale: { domain, range: series.map(({ dash }) => dash) },
    },
  };
}

export const accuracyAxis = (title: string, { domain }: Frame): ChartSpec => ({
  field: 'y',
  type: 'quantitative',
  scale: { domain, zero: false, nice: false, clamp: true },
  title,
  axis: { format: domain[1] - domain[0] < 0.08 ? '.1%' : '.0%', tickCount: 6 },
});

/** Ticks exactly where there are measurements. */
export function countAxis(values: readonly number[], title: string): ChartSpec {
  const shown = thinned(values);
  const labels = Object.fromEntries(shown.map((value) => [String(value), compactCount(value)]));
  return {
    values: shown,
    title,
    grid: false,
    labelExpr: `${JSON.stringify(labels)}[toString(datum.value)]`,
    labelOverlap: false,
  };
}

/** At most eight labels fit under a panel: from the largest down every second, and always the smallest. */
function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= 8) return values;
  const step = Math.ceil(values.length / 8);
  return values.filter((_, i) => i === 0 || (values.length - 1 - i) % step === 0);
}

export const filtered = (...conditions: readonly string[]): readonly ChartSpec[] =>
  conditions.map((filter) => ({ filter }));

/** Dashed line at one half: what a coin would score on pairs. */
export function chanceLayers(y: ChartSpec): readonly ChartSpec[] {
  const data = { values: [{ y: 0.5 }] };
  return [
    { data, mark: { type: 'rule', strokeDash: [3, 3], color: muted }, encoding: { y } },
    {
      data,
      mark: { type: 'text', align: 'right', baseline: 'bottom', dx: -2, dy: -2, fontSize: 10, color: ink },
      encoding: { y, x: { value: panelWidth }, text: { value: 'chance' } },
    },
  ];
}

export interface FigureLayout {
  readonly title: string;
  readonly panels: readonly string[];
  readonly layers: readonly ChartSpec[];
  readonly height?: number;
}

/** The whole figure as facets, and every panel for itself (no legend: the page tells it in text). */
export function arrange(
  rows: readonly { readonly panel: string }[],
  { title, panels, layers, height = panelHeight }: FigureLayout,
): { spec: ChartSpec; panels: { label: string; spec: ChartSpec }[] } {
  const schema = 'https://vega.github.io/schema/vega-lite/v6.json';
  const unit = { width: panelWidth, height, layer: layers };
  const spec = {
    $schema: schema,
    title,
    config: chartConfig,
    data: { values: rows },
    columns: panels.length === 4 ? 2 : Math.min(3, panels.length),
    spacing: 24,
    facet: { field: 'panel', type: 'nominal', sort: panels, header: { title: null } },
    spec: unit,
    resolve: { axis: { x: 'independent', y: 'independent' } },
  };
  const bare = { ...unit, layer: withoutLegends(layers) };
  return {
    spec,
    panels: panels.map((label) => ({
      label,
      spec: {
        $schema: schema,
        config: chartConfig,
        data: { values: rows.filter((row) => row.panel === label) },
        ...bare,
      },
    })),
  };
}

function withoutLegends(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutLegends);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, key === 'legend' ? null : withoutLegends(value)]),
  );
}

export function legendEntries(series: readonly Series[], kind: 'color' | 'shape' | 'line'): readonly LegendEntry[] {
  return series.map(({ label, color, shape, dash }) => ({
    label,
    color: kind === 'shape' ? ink : color,
    shape: kind === 'color' ? null : shape,
    dash: kind === 'line' ? dash : null,
  }));
}

/** Floating point leaves tails of digits that would make files differ for no reason. */
export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

export function roundRow<T extends { readonly y: number; readonly low: number | null; readonly high: number | null }>(
  row: T,
): T {
  return {
    ...row,
    y: round(row.y),
    low: row.low === null ? null : round(row.low),
    high: row.high === null ? null : round(row.high),
  };
}

/** What every caption owes: what is drawn, the interval's method, the n, and how many trials were used and left out. */
export function evidenceText(cells: readonly Cell[], rows: readonly Pick<ChartRow, 'low'>[], isCut: boolean): string {
  const used = cells.filter((cell) => cell.used.length > 0);
  const items = used.flatMap((cell) => cell.used.flatMap((trial) => trial.metrics['eval/pairs'] ?? []));
  const interval = rows.some((row) => row.low !== null)
    ? 'bands and bars: 95 % t-interval over seeds'
    : 'no intervals: one seed a point, or no spread';
  const n =
    used.length === 0
      ? ''
      : `; n per point = ${plural(range(used.map((cell) => cell.used.length)), 'seed')}${items.length === 0 ? '' : ` x ${range(items)} test pairs`}`;
  return `Lines: means over seeds; small points: every seed; ${interval}.${isCut ? ' Intervals wider than the frame are cut at its edge.' : ''} ${countsText(sumCounts(cells))}${n}.`;
}
