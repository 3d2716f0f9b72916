/**
 * Comparisons as plain English, made from the numbers alone: a gain, a loss and nothing are told with the same words
 * and the same prominence.
 */
import type { Metric } from '../kinds/metrics.ts';
import type { PairedComparison } from '../stats/index.ts';
import { count, plural } from '../text/index.ts';
import { armLabel, differenceInterval, differenceText, pValue, unitSuffix, valueText } from './format.ts';
import type { Comparison } from './report-types.ts';

type Judged = Omit<Comparison, 'sentence'>;

/** One sentence (or two) that a reader may quote without looking at the table. */
export function comparisonSentence(comparison: Judged): string {
  const { statistics, reading, headline } = comparison;
  const [what, other, where] = [
    armLabel(comparison.treatment),
    armLabel(comparison.reference, true),
    placeOf(comparison),
  ];
  if (statistics === null || reading === 'missing')
    return `${what} cannot be compared with ${other} ${where}: no seed is complete on both sides.`;
  if (reading === 'better') return `${what} beats ${other} ${where} by ${finding(comparison, statistics)}.`;
  if (reading === 'worse') return `${what} is worse than ${other} ${where} by ${finding(comparison, statistics)}.`;
  const rest = reading === 'no-claim' ? noClaim(comparison) : withinNoise(comparison);
  return `${what} against ${other} ${where}: ${signed(statistics, headline)}, ${rest}`;
}

function finding(comparison: Judged, statistics: PairedComparison): string {
  const test = `adjusted p ${relation(comparison.adjustedP)}; ${unitsOf(comparison)}`;
  return `${size(statistics, comparison.headline)}: beyond noise (${test})`;
}

/** `+0.4 points [-4.9, +5.7]`. */
function signed({ meanDifference, interval }: PairedComparison, headline: Metric): string {
  const ends = interval === null ? '' : ` ${differenceInterval(interval, headline)}`;
  return `${differenceText(meanDifference, headline)}${unitSuffix(headline)}${ends}`;
}

/** A gain or a loss without signs: the verb says which. */
function size({ meanDifference, interval }: PairedComparison, headline: Metric): string {
  const ends = interval === null ? [] : [Math.abs(interval.low), Math.abs(interval.high)].toSorted((a, b) => a - b);
  const text = ends.map((end) => valueText(end, headline)).join(', ');
  return `${valueText(Math.abs(meanDifference), headline)}${unitSuffix(headline)}${text === '' ? '' : ` [${text}]`}`;
}

function placeOf({ task, samples, model }: Judged): string {
  const size = samples === null ? 'over all sample sizes' : `at ${plural(samples, 'sample')}`;
  return `on ${task} ${size}${model === null ? '' : `, ${model}`}`;
}

function unitsOf({ differences }: Pick<Judged, 'differences'>): string {
  const models = new Set(differences.map((unit) => unit.model)).size;
  const seeds = new Set(differences.map((unit) => unit.seed)).size;
  if (models === 1) return `n = ${plural(differences.length, 'seed')}`;
  return `n = ${count(differences.length)} seed pairs: ${models} models, ${plural(seeds, 'seed')}`;
}

/** What this design could not have seen. */
function unseen({ statistics, headline }: Judged): string {
  const least = valueText(statistics?.detectable ?? Number.NaN, headline);
  return `a difference below ${least}${unitSuffix(headline)} could not have been seen`;
}

function noClaim(comparison: Judged): string {
  const { statistics, differences } = comparison;
  if (differences.length === 1) return 'from one seed: no interval, no claim.';
  if (statistics?.interval !== null) return `from two seeds: no claim (three are the least; ${unseen(comparison)}).`;
  const finding = Math.abs(statistics.meanDifference) < 1e-12 ? 'no difference seen' : 'no claim';
  return `the same in all ${count(differences.length)} seeds, so that no interval can be given (${finding}).`;
}

function withinNoise(comparison: Judged): string {
  return `not distinguishable from noise (${unitsOf(comparison)}; ${unseen(comparison)})${almost(comparison)}.`;
}

/** What a hurried reader would take for a finding, and why it is not called one. */
function almost({ statistics, adjustedP, itemInterval, family, headline }: Judged): string {
  const interval = statistics?.interval ?? null;
  if (interval === null || (interval.low <= 0 && interval.high >= 0)) return '';
  if (adjustedP !== null && adjustedP < 0.05 && itemInterval !== null)
    return (
      `; the seeds agree, but with the test pairs resampled too the interval is ` +
      `${differenceInterval(itemInterval, headline)}`
    );
  return (
    `; its own interval leaves out 0, but among ${plural(family, 'comparison')} that is expected now and then ` +
    `(adjusted p ${relation(adjustedP)})`
  );
}

function relation(p: number | null): string {
  const text = pValue(p);
  return text.startsWith('<') ? text : `= ${text}`;
}
