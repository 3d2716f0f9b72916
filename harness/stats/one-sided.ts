/** One-sided tests of means: is the mean above a bound? For alarms, which look at one direction only. */
import { tCdf, tQuantile } from './distributions.ts';
import { hasNoSpread, mean, standardDeviation, type Interval } from './interval.ts';

/** The center of values with what a test or an interval needs of it. */
export interface Center {
  readonly n: number;
  readonly mean: number;
  /** null for fewer than two values that count, or where they do not differ. */
  readonly standardError: number | null;
  /** Of the standard error; null where there is none. */
  readonly degrees: number | null;
}

/** The plain mean. Throws RangeError on an empty list or a value that is not finite. */
export function centerOf(values: readonly number[]): Center {
  const n = values.length;
  const center = mean(values);
  const deviation = standardDeviation(values);
  if (deviation === null || hasNoSpread(deviation, center))
    return { n, mean: center, standardError: null, degrees: null };
  return { n, mean: center, standardError: deviation / Math.sqrt(n), degrees: n - 1 };
}

/**
 * The mean without the lowest and highest fifth, with the standard error of the winsorized values (Tukey & McLaughlin,
 * Sankhya 1963): times on a machine with other work have long tails, and a single disturbed round must not decide.
 * Below five values nothing is trimmed.
 */
export function trimmedCenterOf(values: readonly number[], share = 0.2): Center {
  const n = values.length;
  const cut = Math.floor(share * n);
  const sorted = values.toSorted((a, b) => a - b);
  const kept = sorted.slice(cut, n - cut);
  const center = mean(kept);
  const [low, high] = [kept[0] as number, kept.at(-1) as number];
  const winsorized = sorted.map((value) => Math.min(high, Math.max(low, value)));
  const deviation = standardDeviation(winsorized);
  if (kept.length < 2 || deviation === null || hasNoSpread(deviation, center))
    return { n, mean: center, standardError: null, degrees: null };
  const h = kept.length;
  return { n, mean: center, standardError: deviation * Math.sqrt((n - 1) / (h * (h - 1))), degrees: h - 1 };
}

/** Of two independent lists, first minus second, each with its own spread (Welch, Biometrika 1947). */
export function differenceOfCenters(first: Center, second: Center): Center {
  const n = Math.min(first.n, second.n);
  const difference = first.mean - second.mean;
  if (first.standardError === null || second.standardError === null)
    return { n, mean: difference, standardError: null, degrees: null };
  const [a, b] = [first.standardError ** 2, second.standardError ** 2];
  const degrees = (a + b) ** 2 / (a ** 2 / (first.degrees as number) + b ** 2 / (second.degrees as number));
  return { n, mean: difference, standardError: Math.sqrt(a + b), degrees };
}

/** p of "the mean is at most `bound`" against "it is above"; null without a standard error. */
export function pAbove({ mean: center, standardError, degrees }: Center, bound: number): number | null {
  if (standardError === null || degrees === null) return null;
  return tCdf((bound - center) / standardError, degrees);
}

/** Student's t around the center; null without a standard error. `unit`: what the values are, e.g. `rounds`. */
export function intervalOf(
  { n, mean: center, standardError, degrees }: Center,
  { level = 0.95, unit = 'values' }: { readonly level?: number; readonly unit?: string } = {},
): Interval | null {
  if (standardError === null || degrees === null) return null;
  const half = tQuantile((1 + level) / 2, degrees) * standardError;
  return { low: center - half, high: center + half, level, method: `t over ${unit}`, n };
}
