/**
 * One figure of speed against size: a line for each program and length of rows, and the limit of the machine. It is drawn
 * from measured points, outside any experiment.
 */
import { palette } from '../../kinds/arms.ts';
import { count } from '../../text/index.ts';
import type { ChartSpec } from '../report-types.ts';
import { countAxis } from './axes.ts';
import { chartConfig, muted } from './chart-theme.ts';
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
  const sizes = [...new Set(points.map(({ parameters }) => parameters))].sort((a, b) => a - b);
  const contexts = [...new Set(points.map(({ context }) => context))].sort((a, b) => a - b);
  const labels = contexts.map(contextLabel);
  const isLimit = `datum.program === ${JSON.stringify(programs.at(-1))}`;
  const dash = programs.map((_, index) => (index === programs.length - 1 ? limitDash : dashes[index % dashes.length]));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: title, subtitle: notes },
    config: chartConfig,
    width: 480,
    height: 320,
    data: { values: points.map((point) => ({ ...point, rows: contextLabel(point.context) })) },
    encoding: {
      x: {
        field: 'parameters',
        type: 'quantitative',
        scale: { type: 'log', domain: [(sizes[0] ?? 1) / 1.3, (sizes.at(-1) ?? 1) * 1.3], nice: false },
        axis: countAxis(sizes, 'parameters (log scale)'),
      },
      y: {
        field: 'tokensPerSecond',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { title: 'tokens/s in training (log scale)', format: '~s', titleColor: muted },
      },
      color: {
        field: 'rows',
        type: 'nominal',
        scale: { domain: labels, range: colors.slice(0, labels.length) },
        title: 'rows',
        legend: { direction: 'vertical', columns: 1 },
      },
      strokeDash: {
        field: 'program',
        type: 'nominal',
        scale: { domain: programs, range: dash },
        title: 'program',
        legend: { direction: 'vertical', columns: 1, symbolType: 'stroke', symbolSize: 300 },
      },
      detail: { field: 'program', type: 'nominal' },
    },
    layer: [
      { mark: { type: 'line', strokeWidth: 2 } },
      {
        transform: [{ filter: `!(${isLimit})` }],
        mark: { type: 'point', filled: true, size: 45, opacity: 1 },
        encoding: { strokeDash: { value: [1, 0] } },
      },
    ],
  };
}

const contextLabel = (context: number): string => `${count(context)} tokens`;
