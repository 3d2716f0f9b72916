/** Panels of a figure side by side, and each for itself. */
import type { ChartSpec, FigurePanel } from '../report-types.ts';
import { chartConfig, panelHeight, panelWidth } from './chart-theme.ts';

export interface FigureLayout {
  readonly title: string;
  readonly panels: readonly string[];
  readonly layers: readonly ChartSpec[];
  readonly height?: number;
}

const $schema = 'https://vega.github.io/schema/vega-lite/v6.json';

/** The whole figure as facets, and every panel for itself (no legend: the page tells it in text). */
export function arrange(
  rows: readonly { readonly panel: string }[],
  { title, panels, layers, height = panelHeight }: FigureLayout,
): { spec: ChartSpec; panels: readonly FigurePanel[] } {
  const size = { width: panelWidth, height };
  const bare = { $schema, config: chartConfig };
  const own = panels.map((label) => {
    const values = rows.filter((row) => row.panel === label);
    return { label, spec: { ...bare, data: { values }, ...size, layer: withoutLegends(layers) } };
  });
  const spec = {
    $schema,
    title,
    config: chartConfig,
    data: { values: rows },
    columns: panels.length === 4 ? 2 : Math.min(3, panels.length),
    spacing: 24,
    facet: { field: 'panel', type: 'nominal', sort: panels, header: { title: null } },
    spec: { ...size, layer: layers },
    resolve: { axis: { x: 'independent', y: 'independent' } },
  };
  return { spec, panels: own };
}

function withoutLegends(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutLegends);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, key === 'legend' ? null : withoutLegends(value)]),
  );
}
