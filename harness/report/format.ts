/** Numbers as text, one way everywhere: shares in percent, their differences in points, counts with separators. */
import type { Metric } from '../kinds/metrics.ts';
import type { Interval } from '../stats/index.ts';
import { count } from '../text/index.ts';
import type { ArmPoint, Estimate } from './report-types.ts';

const minus = '\u2212';
export const dash = '\u2013';

/** Axis labels: 512, 1k (1,024 or 1,000), 24k; a value that is a round multiple of neither keeps one decimal. */
export function compactCount(value: number): string {
  if (value < 1000) return String(value);
  for (const [unit, base] of [
    ['M', 1_000_000],
    ['M', 1_048_576],
    ['k', 1000],
    ['k', 1024],
  ] as const) {
    // A number of parameters may be a multiple of 1,024, and 32905k is no label.
    if (value % base === 0 && value / base < 10_000) return `${value / base}${unit}`;
  }
  return value < 1e6 ? `${(value / 1000).toFixed(1)}k` : `${(value / 1e6).toFixed(1)}M`;
}

export function decimal(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `${minus}${text}` : text;
}

/** Fraction -> percent without the sign: 0.6234 -> `62.3`. */
export function percent(fraction: number): string {
  return decimal(100 * fraction, 1);
}

/** `3.41e9`; near totals still differ. */
export const flopsText = (flops: number): string => (flops === 0 ? '0' : flops.toExponential(2).replace('e+', 'e'));

/** A metric's value without its unit: `62.3` for a share of 0.6234, three decimals for anything else. */
export function valueText(value: number, { unit }: Pick<Metric, 'unit'>): string {
  return unit === 'share' ? percent(value) : decimal(value, 3);
}

/** A metric's value in a sentence: `62.3 %`, `0.412 nats`. */
export function valueWithUnit(value: number, metric: Pick<Metric, 'unit'>): string {
  return `${valueText(value, metric)}${metric.unit === 'share' ? ' %' : unitSuffix(metric)}`;
}

/** What differences of a metric are counted in: `points` of percent for a share. */
export function differenceUnit({ unit }: Pick<Metric, 'unit'>): string {
  if (unit === 'share') return 'points';
  return unit === 'number' || unit === 'correlation' ? '' : unit;
}

/** ` points`, ` nats`, or nothing. */
export function unitSuffix(metric: Pick<Metric, 'unit'>): string {
  const unit = differenceUnit(metric);
  return unit === '' ? '' : ` ${unit}`;
}

/** Signed: `+1.2` for a share that is 0.012 higher. */
export function differenceText(difference: number, metric: Pick<Metric, 'unit'>): string {
  const text = valueText(difference, metric);
  return text.startsWith(minus) || Number(text) === 0 ? text : `+${text}`;
}

export function differenceInterval(interval: Interval, metric: Pick<Metric, 'unit'>): string {
  return `[${differenceText(interval.low, metric)}, ${differenceText(interval.high, metric)}]`;
}

/** `62.3 [60.1, 64.5] (3)`: mean, interval where there is one, number of seeds. */
export function estimateText({ mean, interval, n }: Estimate, metric: Pick<Metric, 'unit'>): string {
  return `${valueText(mean, metric)} ${interval === null ? '' : `${intervalText(interval, metric)} `}(${count(n)})`;
}

export function intervalText({ low, high }: Interval, metric: Pick<Metric, 'unit'>): string {
  return `[${valueText(low, metric)}, ${valueText(high, metric)}]`;
}

export function pValue(p: number | null): string {
  if (p === null) return 'n/a';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** `2.0x`, `12x`. */
export function ratio(value: number): string {
  return `${decimal(value, value < 10 ? 1 : 0)}x`;
}

/** `PMP (24,576 pairs)`; a variant (what else the sweep varies within the arm) is added where there is one. */
export function armLabel(
  { arm, pretrainPairs, variant }: ArmPoint,
  withPairs: boolean = arm.role === 'treatment',
): string {
  const pairs = `${count(pretrainPairs)}${arm.role === 'treatment' ? ' pairs' : ''}`;
  return labelWith(arm.label, [withPairs && pretrainPairs > 0 ? pairs : '', variant]);
}

/** `label (a; b)`; details that are empty are left out. */
export function labelWith(label: string, details: readonly string[]): string {
  const given = details.filter((detail) => detail !== '');
  return given.length === 0 ? label : `${label} (${given.join('; ')})`;
}

/** `a`, `a and b`, `a, b and c`; items that hold a comma are told apart by semicolons. */
export function listText(items: readonly string[]): string {
  if (items.some((item) => item.includes(','))) return items.join('; ');
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `3`, or `2 to 3` where it differs. */
export function range(values: readonly number[]): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? count(low) : `${count(low)} to ${count(high)}`;
}

/** A word at the start of a sentence. */
export function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
