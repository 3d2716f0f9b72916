/**
 * One figure of speed against size: a line for each program and length of rows, and the limit of the machine. It is
 * drawn from measured points, outside any experiment.
 */
import { palette } from '../../kinds/arms.ts';
import { count } from '../../text/index.ts';
import type { ChartSpec } from '../report-types.ts';
import { countAxis } from './axes.ts';
import { chartConfig } from './chart-theme.ts';
import { renderPng, renderSvg } from './render-chart.ts';

export interface GrowthFigurePoint {
  readonly parameters: number;
  /** Tokens of a row. */
  readonly context: number;
  /** As in the legend. The last of `programs` is the limit. */
  readonly program: string;
  readonly tokensPerSecond: number;
}

export interface GrowthFigure {
  readonly title: string;
  /** Lines below the title: the machine, and which points are missing and why. */
  readonly notes: readonly string[];
  /** In the order of the legend; the last one is dashed and bears no points. */
  readonly programs: readonly string[];
  readonly points: readonly GrowthFigurePoint[];
}

export interface DrawnGrowth {
  readonly svg: string;
  readonly png: Buffer;
}

export async function drawGrowth(figure: GrowthFigure): Promise<DrawnGrowth> {
  const svg = await renderSvg(growthSpec(figure));
  return { svg, png: renderPng(svg) };
}

const colors = [palette.blue, palette.orange, palette.green, palette.purple, palette.vermillion, palette.sky];
const dashes = [
  [1, 0],
  [8, 3],
  [6, 2, 1, 2],
] as const;
const limitDash = [2, 3] as const;

export function growthSpec({ title, notes, programs, points }: GrowthFigure): ChartSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title, subtitle: notes },
    config: chartConfig,
    width: 480,
    height: 320,
    data: { values: points.map((point) => ({ ...point, rows: contextLabel(point.context) })) },
    encoding: { ...axes(points), ...lines(points, programs) },
    layer: [{ mark: { type: 'line', strokeWidth: 2 } }, pointsOfAllBut(programs.at(-1))],
  };
}

function pointsOfAllBut(program: string | undefined): ChartSpec {
  return {
    transform: [{ filter: `!(datum.program === ${JSON.stringify(program)})` }],
    mark: { type: 'point', filled: true, size: 45, opacity: 1 },
    encoding: { strokeDash: { value: [1, 0] } },
  };
}

function axes(points: readonly GrowthFigurePoint[]): ChartSpec {
  const sizes = ascending(points.map(({ parameters }) => parameters));
  const domain = [(sizes[0] ?? 1) / 1.3, (sizes.at(-1) ?? 1) * 1.3];
  return {
    x: {
      field: 'parameters',
      type: 'quantitative',
      scale: { type: 'log', domain, nice: false },
      axis: countAxis(sizes, 'parameters (log scale)'),
    },
    y: {
      field: 'tokensPerSecond',
      type: 'quantitative',
      scale: { type: 'log' },
      axis: { title: 'tokens/s in training (log scale)', format: '~s' },
    },
  };
}

function lines(points: readonly GrowthFigurePoint[], programs: readonly string[]): ChartSpec {
  const labels = ascending(points.map(({ context }) => context)).map(contextLabel);
  const dash = programs.map((_, index) => (index === programs.length - 1 ? limitDash : dashes[index % dashes.length]));
  const legend = { direction: 'vertical', columns: 1 };
  return {
    color: scaled('rows', labels, colors.slice(0, labels.length), legend),
    strokeDash: scaled('program', programs, dash, { ...legend, symbolType: 'stroke', symbolSize: 300 }),
  };
}

function scaled(field: string, domain: readonly string[], range: readonly unknown[], legend: ChartSpec): ChartSpec {
  return { field, type: 'nominal', scale: { domain, range }, title: field, legend };
}

const ascending = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((a, b) => a - b);

const contextLabel = (context: number): string => `${count(context)} tokens`;
