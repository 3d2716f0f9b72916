/** The frame of a chart and its axes. */
import type { Metric } from '../../kinds/metrics.ts';
import { compactCount, flopsText } from '../format.ts';
import type { ChartSpec } from '../report-types.ts';
import { round, type ChartRow } from './chart-rows.ts';

export interface Frame {
  readonly domain: readonly [number, number];
  readonly isCut: boolean;
}

/** Where values of a metric can lie. */
export const limitsOf = ({ unit }: Metric): readonly [number, number] =>
  unit === 'share' ? [0, 1] : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/**
 * The range of the data, with `include` (chance, zero) inside. Intervals widen it by at most half of the data's own
 * range on each side: with two seeds an interval can be wider than everything else together, and would press the data
 * flat. What does not fit is cut at the frame, and the caption says so.
 */
export function frame(
  rows: readonly Pick<ChartRow, 'y' | 'low' | 'high'>[],
  include: readonly number[],
  limits: readonly [number, number],
): Frame {
  const values = [...rows.map((row) => row.y), ...include];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = Math.max(high - low, leastSpan([low, high], limits));
  const lows = rows.flatMap((row) => row.low ?? []);
  const highs = rows.flatMap((row) => row.high ?? []);
  const margin = 0.04 * span + (span - (high - low)) / 2;
  const from = Math.max(low - span / 2, Math.min(low, ...lows)) - margin;
  const to = Math.min(high + span / 2, Math.max(high, ...highs)) + margin;
  const domain = [round(Math.max(limits[0], from)), round(Math.min(limits[1], to))] as const;
  return { domain, isCut: lows.some((value) => value < domain[0]) || highs.some((value) => value > domain[1]) };
}

/** Equal values still need an axis whose labels differ: 1 % of what is possible, or 2 % of the largest value. */
function leastSpan([low, high]: readonly [number, number], limits: readonly [number, number]): number {
  const possible = limits[1] - limits[0];
  return Number.isFinite(possible) ? 0.01 * possible : 0.02 * Math.max(Math.abs(low), Math.abs(high), 0.5);
}

/** Values of a metric, upwards. */
export function metricAxis(title: string, { unit }: Pick<Metric, 'unit'>, { domain }: Frame): ChartSpec {
  const percent = domain[1] - domain[0] < 0.08 ? '.1%' : '.0%';
  return {
    field: 'y',
    type: 'quantitative',
    scale: { domain, zero: false, nice: false, clamp: true },
    title,
    axis: { ...(unit === 'share' && { format: percent }), tickCount: 6 },
  };
}

/** Counts on a doubling scale, with some room at both ends. */
export function doublingAxis(values: readonly number[], title: string, room: number): ChartSpec {
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  return {
    field: 'x',
    type: 'quantitative',
    scale: { type: 'log', base: 2, domain: [smallest / room, largest * room], nice: false },
    axis: countAxis(values, title),
  };
}

/** FLOPs on a log scale, with some room at both ends. */
export function flopsAxis(values: readonly number[], title: string, room: number): ChartSpec {
  const domain = [Math.min(...values) / room, Math.max(...values) * room] as const;
  const ticks = thinned(roundValues(domain));
  return {
    field: 'x',
    type: 'quantitative',
    scale: { type: 'log', domain, nice: false },
    axis: tickAxis(ticks, title, (tick) => flopsText(tick).replace('.00', '')),
  };
}

/** 1, 2 and 5 times the powers of ten. */
function roundValues([low, high]: readonly [number, number]): readonly number[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.floor(Math.log10(high))];
  const powers = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  return powers.flatMap((power) => [power, 2 * power, 5 * power]).filter((value) => value >= low && value <= high);
}

/** Ticks exactly where there are measurements. */
export const countAxis = (values: readonly number[], title: string): ChartSpec =>
  tickAxis(thinned(values), title, compactCount);

function tickAxis(shown: readonly number[], title: string, labelOf: (value: number) => string): ChartSpec {
  const labels = Object.fromEntries(shown.map((value) => [String(value), labelOf(value)]));
  return {
    values: shown,
    title,
    grid: false,
    labelExpr: `${JSON.stringify(labels)}[toString(datum.value)]`,
    labelOverlap: false,
  };
}

/** At most eight labels fit under a panel: from the largest down every second, and always the smallest. */
function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= 8) return values;
  const step = Math.ceil(values.length / 8);
  return values.filter((_, i) => i === 0 || (values.length - 1 - i) % step === 0);
}
