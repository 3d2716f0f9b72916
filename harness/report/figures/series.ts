/** Lines of a chart: colour, shape and dash by label, in the chart and in its legend. */
import type { ChartSpec, LegendEntry } from '../report-types.ts';
import { modelColors, ink, type SeriesStyle } from './chart-theme.ts';
import { lineSymbols } from './legend-symbols.ts';

export interface Series extends SeriesStyle {
  readonly label: string;
}

interface SeriesScales {
  readonly color: ChartSpec;
  readonly shape: ChartSpec;
}

export function seriesScales(
  series: readonly Series[],
  field: 'series' | 'mark',
  legendTitle: string | null,
): SeriesScales {
  const domain = series.map(({ label }) => label);
  const base = { field, type: 'nominal', sort: null, title: legendTitle, legend: { columns: 3 } };
  const ranged = (range: readonly unknown[]): ChartSpec => ({ ...base, scale: { domain, range } });
  return { color: ranged(series.map(({ color }) => color)), shape: ranged(series.map(({ shape }) => shape)) };
}

/** Of lines, whose dashes are in the legend, too. */
export function lineScales(series: readonly Series[]): SeriesScales & { readonly dash: ChartSpec } {
  const { color } = seriesScales(series, 'series', null);
  const domain = series.map(({ label }) => label);
  // Of another field than the colour: one legend cannot be there for some of its channels only.
  const untold = (range: readonly unknown[]): ChartSpec => ({
    ...color,
    field: 'mark',
    scale: { domain, range },
    legend: null,
  });
  return {
    color: { ...color, legend: { columns: 3, ...lineSymbols(series) } },
    shape: untold(series.map(({ shape }) => shape)),
    dash: untold(series.map(({ dash }) => dash)),
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
