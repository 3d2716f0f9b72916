/** Colours, shapes and type of every figure. Shape and dash repeat what the colour says. */
import { palette } from '../../kinds/arms.ts';

export const { ink, muted } = palette;

export const panelWidth = 290;
export const panelHeight = 210;

/** For models, which have no order. */
export const modelColors = [
  palette.blue,
  palette.orange,
  palette.green,
  palette.purple,
  palette.vermillion,
  palette.sky,
] as const;

export interface SeriesStyle {
  readonly color: string;
  readonly shape: string;
  readonly dash: readonly number[];
}

/** References of best-of-N, which are no arms. */
export const referenceStyles = {
  pass: { color: palette.green, shape: 'cross', dash: [4, 2] },
  majority: { color: palette.purple, shape: 'cross', dash: [4, 2] },
  random: { color: muted, shape: 'circle', dash: [1, 3] },
  longest: { color: muted, shape: 'triangle-up', dash: [6, 2] },
  shortest: { color: muted, shape: 'triangle-down', dash: [6, 2] },
  untrained: { color: muted, shape: 'cross', dash: [2, 4] },
} as const satisfies Readonly<Record<string, SeriesStyle>>;

/** Named first for rasterizing (the one font that is shipped); the rest are for SVG files opened elsewhere. */
const fontFamily = 'DejaVu Sans, Verdana, sans-serif';

export const chartConfig = {
  font: fontFamily,
  background: 'transparent',
  aria: false,
  padding: 8,
  view: { stroke: null },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    labelColor: ink,
    titleColor: ink,
    gridColor: '#e3e3e3',
    domainColor: '#b0b0b0',
    tickColor: '#b0b0b0',
    titlePadding: 8,
    labelPadding: 4,
    tickSize: 4,
  },
  legend: {
    labelFontSize: 11,
    titleFontSize: 11,
    labelColor: ink,
    titleColor: ink,
    labelLimit: 400,
    titleLimit: 400,
    symbolStrokeWidth: 2,
    symbolSize: 70,
    symbolOpacity: 1,
    orient: 'bottom',
    direction: 'horizontal',
    columnPadding: 18,
    rowPadding: 4,
  },
  header: { labelFontSize: 12, labelFontWeight: 'bold', labelColor: ink, labelPadding: 6, labelLimit: 400 },
  title: {
    fontSize: 14,
    color: ink,
    anchor: 'start',
    offset: 12,
    subtitleFontSize: 11,
    subtitleColor: ink,
    subtitlePadding: 5,
  },
  text: { color: ink },
} as const;
