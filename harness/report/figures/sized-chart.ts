/**
 * A chart in exactly the width that a paper gives it, by the widths of its panels: text keeps its size. What is beside
 * the panels depends on their width a little (labels of an axis), so that it is measured and put right.
 */
import { UserError } from '../../spec/user-error.ts';
import type { ChartSpec } from '../report-types.ts';
import { paperWidths, pointsOf, type PaperSize } from './figure-size.ts';
import { brokenLabels, linesOf, paperSpec } from './paper-style.ts';
import { renderSvg } from './render-chart.ts';

export interface SizedChart {
  readonly spec: ChartSpec;
  /** Its units are points. */
  readonly svg: string;
}

/** Points that axis labels take beside a panel, roughly: for the first guess. */
const besidePanel = 40;
/** Text is 8 pt where it was 11: heights go with it, and those of curves that fill a column are less. */
const heightRatio = 8 / 11;
const stackedRatio = 0.5;
/** Points; curves that are narrower cannot be read. */
const leastPanel = 45;
const legendColumns = [3, 2, 1];
const compositions = ['concat', 'hconcat', 'vconcat', 'repeat'];

/** @throws UserError (2) where not even its text has room. */
export async function sizedChart(spec: ChartSpec, panels: number, size: PaperSize): Promise<SizedChart> {
  if (compositions.some((key) => key in spec))
    throw new UserError('it is made of several charts, whose widths are its own', {
      exitCode: 2,
      hint: 'Leave out --figures, or write it as one chart with facets.',
    });
  const width = pointsOf(paperWidths[size]);
  const columns = columnsOf(panels, size, panelNames(spec['facet']));
  for (const legend of legendColumns) {
    const found = await fitted(spec, { width, panels, columns, legendColumns: legend });
    if (found !== null) return found;
  }
  throw new UserError(`there is no room for it in ${paperWidths[size]} mm`, {
    exitCode: 2,
    hint: size === 'one-column' ? 'Draw it in --figures two-columns.' : 'Shorten its labels.',
  });
}

/** No row of panels is half empty but the last one. Long names have wider panels, not four lines. */
function columnsOf(panels: number, size: PaperSize, names: readonly string[]): number {
  if (size === 'one-column') return panels > 4 ? 2 : 1;
  const third = pointsOf(paperWidths[size]) / 3 - besidePanel;
  const isLong = names.some((name) => linesOf(name, third).length > 3);
  return panels === 4 || isLong ? Math.min(2, panels) : Math.min(3, panels);
}

function panelNames(facet: unknown): readonly string[] {
  const { sort } = (facet ?? {}) as { readonly sort?: unknown };
  return Array.isArray(sort) ? sort.map(String) : [];
}

interface Layout {
  readonly width: number;
  readonly panels: number;
  readonly columns: number;
  readonly legendColumns: number;
}

/** null where something other than the panels is wider. */
async function fitted(spec: ChartSpec, layout: Layout): Promise<SizedChart | null> {
  const { width, columns } = layout;
  let panel = Math.floor(width / columns - besidePanel);
  for (let tries = 0; tries < 8 && panel >= leastPanel; tries += 1) {
    const sized = withPanels(spec, panel, layout);
    const svg = await renderSvg(sized);
    // Vega rounds the whole up to a point.
    const over = widthOf(svg) - Math.floor(width);
    if (over <= 0 && over >= -columns) return { spec: sized, svg: onCanvas(svg, width) };
    panel = Math.floor((panel - over / columns) * 100) / 100;
  }
  return null;
}

function withPanels(
  spec: ChartSpec,
  panelWidth: number,
  { columns, panels, legendColumns: legend, width }: Layout,
): ChartSpec {
  const unit = 'facet' in spec ? (spec['spec'] as ChartSpec) : spec;
  const panelHeight = heightOf(unit, columns === 1 && panels > 2);
  const styled = paperSpec(spec, { panelWidth, panelHeight, legendColumns: legend, width });
  const size = { width: panelWidth, height: Math.round(panelHeight) };
  if (!('facet' in styled)) return { ...styled, ...size };
  return {
    ...styled,
    ...withHeader(styled['facet'], panelWidth),
    columns,
    spec: { ...(styled['spec'] as ChartSpec), ...size },
  };
}

/** Rows of text keep the room of their text. */
function heightOf({ height = 200, layer }: ChartSpec, isStacked: boolean): number {
  const layers = (Array.isArray(layer) ? layer : []) as readonly { encoding?: { y?: { type?: string } } }[];
  const hasRows = layers.some(({ encoding }) => encoding?.y?.type === 'nominal');
  return Number(height) * (isStacked && !hasRows ? stackedRatio : heightRatio);
}

/** Names of panels that are wider than these would make all of them wider. */
function withHeader(facet: unknown, width: number): ChartSpec {
  const { header, ...rest } = facet as { readonly header?: ChartSpec };
  return { facet: { ...rest, header: { ...header, ...brokenLabels(panelNames(facet), width) } } };
}

const widthOf = (svg: string): number => Number(/ width="([\d.]+)"/.exec(svg)?.[1]);

/** The last fraction of a point is left free at the right. */
function onCanvas(svg: string, width: number): string {
  const whole = Math.round(100 * width) / 100;
  return svg.replace(/ width="[\d.]+"/, ` width="${whole}"`).replace(/viewBox="0 0 [\d.]+/, `viewBox="0 0 ${whole}`);
}
