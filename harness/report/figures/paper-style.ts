/**
 * The specification of a chart as a paper wants it: 8 pt text, marks and room in proportion, and no title, which the
 * caption has. Long texts break their lines; nothing is cut.
 */
import type { ChartSpec } from '../report-types.ts';
import { chartConfig } from './chart-theme.ts';

const textSize = 8;
const ratio = textSize / chartConfig.axis.labelFontSize;
/** Points of a sign as Vega takes it without a browser, for its layout; DejaVu Sans is narrower, by a quarter. */
const signWidth = 0.8 * textSize;
/** Of a legend, beside its labels: its symbols, and the axis that it begins behind. */
const besideLegend = 80;

/** What a text may take, in points. */
export interface PaperRoom {
  readonly panelWidth: number;
  readonly panelHeight: number;
  readonly legendColumns: number;
  readonly width: number;
}

export function paperSpec({ title: _title, config, ...spec }: ChartSpec, room: PaperRoom): ChartSpec {
  const restyled = restyle(spec, room) as ChartSpec;
  return { ...restyled, config: { ...(restyle(config ?? {}, room) as ChartSpec), ...paperConfig } };
}

const text = { labelFontSize: textSize, titleFontSize: textSize };
const { axis, legend, header } = chartConfig;

/** One legend below the other: side by side they would be wider than a column. */
const layout = { bottom: { anchor: 'start', direction: 'vertical' } };

const paperConfig = {
  ...chartConfig,
  padding: 2,
  axis: { ...axis, ...text, titlePadding: 4, labelPadding: 2, tickSize: 3 },
  legend: {
    ...legend,
    ...text,
    symbolSize: legend.symbolSize * ratio ** 2,
    symbolStrokeWidth: 1.5,
    labelLimit: 0,
    titleLimit: 0,
    columnPadding: 8,
    rowPadding: 2,
    offset: 8,
    layout,
  },
  header: { ...header, labelFontSize: textSize, labelPadding: 3, labelLimit: 0 },
};

type Restyle = (value: unknown, room: PaperRoom) => unknown;

/** By the name of a property, at any depth. What is not a number of this kind stays as it is. */
const lengths: Readonly<Record<string, number>> = {
  size: ratio ** 2,
  symbolSize: ratio ** 2,
  strokeWidth: ratio,
  xOffset: ratio,
  yOffset: ratio,
  spacing: ratio,
};

const restyled: Readonly<Record<string, Restyle>> = {
  data: (value) => value,
  fontSize: () => textSize,
  labelFontSize: () => textSize,
  titleFontSize: () => textSize,
  labelOverlap: () => 'greedy',
  x: (value, room) => titled(restyle(value, room), room.panelWidth),
  y: (value, room) => titled(restyle(value, room), room.panelHeight),
  color: withLabels,
  shape: withLabels,
};

function restyle(part: unknown, room: PaperRoom): unknown {
  if (Array.isArray(part)) return part.map((one) => restyle(one, room));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, propertyOf(key, value, room)]));
}

function propertyOf(key: string, value: unknown, room: PaperRoom): unknown {
  const factor = lengths[key];
  if (factor !== undefined && typeof value === 'number') return Math.round(100 * value * factor) / 100;
  const own = restyled[key];
  return own === undefined ? restyle(value, room) : own(value, room);
}

interface Channel {
  readonly title?: unknown;
  readonly legend?: unknown;
  readonly scale?: { readonly domain?: unknown };
}

const isChannel = (value: unknown): value is Channel => typeof value === 'object' && value !== null;

/** Its title, or that of its axis, in as many lines as it needs. */
function titled(channel: unknown, width: number): unknown {
  if (!isChannel(channel)) return channel;
  const { axis: own } = channel as { readonly axis?: unknown };
  const inner = isChannel(own) ? { ...channel, axis: titled(own, width) } : channel;
  if (typeof inner.title !== 'string') return inner;
  const title = linesOf(inner.title, width);
  return title.length === 1 ? inner : { ...inner, title };
}

/** In the columns that there is room for; in a single one, long labels have several lines. */
function withLabels(value: unknown, room: PaperRoom): unknown {
  const channel = restyle(value, room);
  if (!isChannel(channel) || typeof channel.legend !== 'object' || channel.legend === null) return channel;
  const legend = { ...channel.legend, columns: room.legendColumns };
  const domain: unknown = channel.scale?.domain;
  if (room.legendColumns > 1 || !Array.isArray(domain)) return { ...channel, legend };
  return { ...channel, legend: { ...legend, ...brokenLabels(domain.map(String), room.width - besideLegend) } };
}

/** For a legend or a header. Nothing where all labels have room on one line. */
export function brokenLabels(labels: readonly string[], width: number): { readonly labelExpr?: string } {
  const broken = labels.map((label) => [label, linesOf(label, width)] as const).filter(([, text]) => text.length > 1);
  if (broken.length === 0) return {};
  return { labelExpr: `(${JSON.stringify(Object.fromEntries(broken))})[datum.label] || (datum.label)` };
}

/** At its bars and colons where it has some, else between words; an arrow stays with its word. */
export function linesOf(label: string, width: number): readonly string[] {
  const signs = Math.max(8, Math.floor(width / signWidth));
  if (label.length <= signs) return [label];
  const parts = label
    .replaceAll('\u2190 ', '\u2190\u00a0')
    .replaceAll(' \u2192', '\u00a0\u2192')
    .split(/ \| |(?<=:) /);
  return parts.flatMap((part) => wrapped(part, signs));
}

function wrapped(label: string, signs: number): readonly string[] {
  const found: string[] = [];
  for (const word of label.split(' ')) {
    const last = found.at(-1);
    if (last === undefined || last.length + word.length + 1 > signs) found.push(word);
    else found[found.length - 1] = `${last} ${word}`;
  }
  return found;
}
