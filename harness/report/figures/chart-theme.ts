/**
 * Colours, shapes and type of every figure. Okabe & Ito's palette (Color Universal Design, 2008): told apart under the
 * common colour-vision deficiencies; shape and dash repeat the message.
 */

/** Black of the palette, softened: pages turn exactly this colour light on a dark ground (page-style.ts). */
export const ink = '#4d4d4d';
export const muted = '#8a8a8a';

const okabeIto = {
  blue: '#0072b2',
  orange: '#e69f00',
  green: '#009e73',
  purple: '#cc79a7',
  vermillion: '#d55e00',
  sky: '#56b4e9',
} as const;

/** For architectures, which have no order. */
export const architectureColors = [
  okabeIto.blue,
  okabeIto.orange,
  okabeIto.green,
  okabeIto.purple,
  okabeIto.vermillion,
  okabeIto.sky,
] as const;

export interface SeriesStyle {
  readonly color: string;
  readonly shape: string;
  readonly dash: readonly number[];
}

/**
 * Arms keep their look through all figures. `pmp` is the largest budget, `pmp-smaller` a middle one; the rest are
 * references of best-of-N.
 */
export const styles = {
  scratch: { color: ink, shape: 'circle', dash: [1, 0] },
  'lm-equal-pairs': { color: okabeIto.orange, shape: 'diamond', dash: [6, 3] },
  'lm-equal-tokens': { color: okabeIto.vermillion, shape: 'triangle-up', dash: [2, 2] },
  pmp: { color: okabeIto.blue, shape: 'square', dash: [1, 0] },
  'pmp-smaller': { color: okabeIto.sky, shape: 'square', dash: [8, 3] },
  pass: { color: okabeIto.green, shape: 'cross', dash: [4, 2] },
  majority: { color: okabeIto.purple, shape: 'cross', dash: [4, 2] },
  random: { color: muted, shape: 'circle', dash: [1, 3] },
  longest: { color: muted, shape: 'triangle-up', dash: [6, 2] },
  shortest: { color: muted, shape: 'triangle-down', dash: [6, 2] },
  untrained: { color: muted, shape: 'cross', dash: [2, 4] },
} as const satisfies Readonly<Record<string, SeriesStyle>>;

/** Named first for rasterizing (the one font that is shipped); the rest are for SVG files opened elsewhere. */
export const fontFamily = 'DejaVu Sans, Verdana, sans-serif';

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
