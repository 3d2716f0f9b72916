/** Lines of a chart: colour, shape and dash by label, in the chart and in its legend. */
import type { ChartSpec, LegendEntry } from '../report-types.ts';
import { modelColors, ink, type SeriesStyle } from './chart-theme.ts';

export interface Series extends SeriesStyle {
  readonly label: string;
}

export function seriesScales(
  series: readonly Series[],
  field: 'series' | 'mark',
  legendTitle: string | null,
): { color: ChartSpec; shape: ChartSpec; dash: ChartSpec } {
  const domain = series.map(({ label }) => label);
  const base = { field, type: 'nominal', sort: null, title: legendTitle, legend: { columns: 3 } };
  const ranged = (range: readonly unknown[]): ChartSpec => ({ ...base, scale: { domain, range } });
  // Colour and shape tell it in the legend; a dashed outline would only fray its symbols. Another field than theirs, or
  // the legends would be merged.
  const other = field === 'series' ? 'mark' : 'series';
  return {
    color: ranged(series.map(({ color }) => color)),
    shape: ranged(series.map(({ shape }) => shape)),
    dash: { ...ranged(series.map(({ dash }) => dash)), field: other, legend: null },
  };
}

/** One plain line each, in the colours of models. */
export function colorSeries(labels: readonly string[]): readonly Series[] {
  return labels.map((label, i) => ({
    label,
    color: modelColors[i % modelColors.length] as string,
    shape: 'circle',
    dash: [1, 0],
  }));
}

export function legendEntries(series: readonly Series[], kind: 'color' | 'shape' | 'line'): readonly LegendEntry[] {
  return series.map(({ label, color, shape, dash }) => ({
    label,
    color: kind === 'shape' ? ink : color,
    shape: kind === 'color' ? null : shape,
    dash: kind === 'line' ? dash : null,
  }));
}
