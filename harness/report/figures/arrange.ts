/** Panels of a figure side by side, and each for itself. */
import type { ChartSpec, FigurePanel } from '../report-types.ts';
import { chartConfig, panelHeight, panelWidth } from './chart-theme.ts';

interface FigureLayout {
  readonly title: string;
  readonly panels: readonly string[];
  readonly layers: readonly ChartSpec[];
  readonly height?: number;
}

interface PanelRow {
  readonly panel: string;
}

const $schema = 'https://vega.github.io/schema/vega-lite/v6.json';

/** The whole figure as facets, and every panel for itself (no legend: the page tells it in text). */
export function arrange(
  rows: readonly PanelRow[],
  layout: FigureLayout,
): { spec: ChartSpec; panels: readonly FigurePanel[] } {
  const { title, panels, layers, height = panelHeight } = layout;
  const size = { width: panelWidth, height };
  const spec = {
    $schema,
    title,
    config: chartConfig,
    data: { values: rows },
    columns: panels.length === 4 ? 2 : Math.min(3, panels.length),
    spacing: 24,
    facet: { field: 'panel', type: 'nominal', sort: panels, header: { title: null, ...inTwoLines(panels) } },
    spec: { ...size, layer: layers.map((layer) => withLegends(layer, (legend) => inColumns(legend, panels.length))) },
    resolve: { axis: { x: 'independent', y: 'independent' } },
  };
  return {
    spec,
    panels: panelsOf(rows, panels, { ...size, layer: layers.map((layer) => withLegends(layer, () => null)) }),
  };
}

/** `variant: against an arm` would be cut off at the width of its panel. */
function inTwoLines(panels: readonly string[]): ChartSpec {
  return panels.some((panel) => panel.includes(': ')) ? { labelExpr: "split(datum.label, ': ')" } : {};
}

function panelsOf(rows: readonly PanelRow[], panels: readonly string[], unit: ChartSpec): readonly FigurePanel[] {
  return panels.map((label) => {
    const values = rows.filter((row) => row.panel === label);
    return { label, spec: { $schema, config: chartConfig, data: { values }, ...unit } };
  });
}

/** A legend wider than its panels would leave half of a figure empty. */
function inColumns(legend: unknown, panels: number): unknown {
  if (typeof legend !== 'object' || legend === null || !('columns' in legend)) return legend;
  return { ...legend, columns: Math.min(panels, Number(legend.columns)) };
}

/** The layer with every legend in it, at any depth, replaced. */
function withLegends<Part>(part: Part, replace: (legend: unknown) => unknown): Part {
  if (Array.isArray(part)) return part.map((one: unknown) => withLegends(one, replace)) as Part;
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, key === 'legend' ? replace(value) : withLegends(value, replace)]),
  ) as Part;
}
