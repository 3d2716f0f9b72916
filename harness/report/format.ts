/** Numbers as text, one way everywhere: accuracies in percent, differences in points, counts with separators. */
import type { ArmPoint, Counts, Estimate } from './report-input.ts';
import type { Interval } from '../stats/index.ts';

const minus = '\u2212';

/** 24576 -> `24,576`. Own code, not the locale of the machine. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Axis labels: 512, 1k (1,024 or 1,000), 24k; a value that is a round multiple of neither keeps one decimal. */
export function compactCount(value: number): string {
  if (value < 1000) return String(value);
  for (const [unit, base] of [
    ['M', 1_000_000],
    ['M', 1_048_576],
    ['k', 1000],
    ['k', 1024],
  ] as const) {
    if (value % base === 0) return `${value / base}${unit}`;
  }
  return value < 1e6 ? `${(value / 1000).toFixed(1)}k` : `${(value / 1e6).toFixed(1)}M`;
}

/** Fraction -> percent without the sign: 0.6234 -> `62.3`. */
export function percent(fraction: number): string {
  return decimal(100 * fraction, 1);
}

/** Difference of fractions -> signed points: -0.012 -> `−1.2`. */
export function points(fraction: number): string {
  const text = decimal(100 * fraction, 1);
  return text.startsWith(minus) || text === '0.0' ? text : `+${text}`;
}

export function decimal(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `${minus}${text}` : text;
}

export function percentEstimate({ mean, interval, n }: Pick<Estimate, 'mean' | 'interval' | 'n'>): string {
  return `${percent(mean)} ${interval === null ? '' : `[${percent(interval.low)}, ${percent(interval.high)}] `}(${count(n)})`;
}

export function pointsInterval(interval: Interval): string {
  return `[${points(interval.low)}, ${points(interval.high)}]`;
}

export function pValue(p: number | null): string {
  if (p === null) return 'n/a';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

const armNames: Readonly<Record<string, string>> = {
  scratch: 'from scratch',
  'lm-equal-pairs': 'LM only, equal pairs',
  'lm-equal-tokens': 'LM only, equal tokens',
  pmp: 'PMP',
};

export function armName(arm: string): string {
  return armNames[arm] ?? arm;
}

/** `PMP (24,576 pairs)`; a variant (what else the sweep varies within the arm) is added where there is one. */
export function armLabel({ arm, pretrainPairs, variant }: ArmPoint, withPairs = arm === 'pmp'): string {
  const details = [
    withPairs && pretrainPairs > 0 ? `${count(pretrainPairs)}${arm === 'pmp' ? ' pairs' : ''}` : '',
    variant,
  ].filter((detail) => detail !== '');
  return `${armName(arm)}${details.length === 0 ? '' : ` (${details.join('; ')})`}`;
}

/** `54 of 60 trials used; 2 diverged, 1 failed, 3 pending`: what a caption owes its reader. */
export function countsText(counts: Counts): string {
  const rest = (['diverged', 'failed', 'blocked', 'pending'] as const).flatMap((outcome) =>
    counts[outcome] > 0 ? [`${counts[outcome]} ${outcome}`] : [],
  );
  if (counts.unmeasured > 0) rest.push(`${counts.unmeasured} completed without a pairwise accuracy`);
  return `${counts.used} of ${counts.planned} trials used${rest.length > 0 ? `; ${rest.join(', ')}` : ''}`;
}

/** `3`, or `2 to 3` where it differs. */
export function range(values: readonly number[]): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? count(low) : `${count(low)} to ${count(high)}`;
}

export function plural(n: number | string, noun: string): string {
  return `${typeof n === 'number' ? count(n) : n} ${noun}${String(n) === '1' ? '' : 's'}`;
}
