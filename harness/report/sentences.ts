/**
 * Comparisons as plain English, made from the numbers alone: a gain, a loss and nothing are told with the same words
 * and the same prominence.
 */
import type { PairedComparison } from '../stats/index.ts';
import { armLabel, count, percent, plural, points, pointsInterval, pValue } from './format.ts';
import type { Comparison } from './report-input.ts';

type Judged = Omit<Comparison, 'sentence'>;

/** One sentence (or two) that a reader may quote without looking at the table. */
export function comparisonSentence(comparison: Judged): string {
  const { statistics, reading, treatment, reference } = comparison;
  const what = armLabel(treatment);
  const other = reference.arm === 'scratch' ? `training ${armLabel(reference)}` : armLabel(reference, true);
  const where = placeOf(comparison);
  if (statistics === null || reading === 'missing')
    return `${what} cannot be compared with ${other} ${where}: no seed is complete on both sides.`;
  const difference = `${points(statistics.meanDifference)} points${statistics.interval === null ? '' : ` ${pointsInterval(statistics.interval)}`}`;
  if (reading === 'no-claim') return `${what} against ${other} ${where}: ${difference}, ${noClaim(comparison)}`;
  const units = unitsOf(comparison);
  if (reading === 'not-distinguishable')
    return `${what} against ${other} ${where}: ${difference}, not distinguishable from noise (${units}; a difference below ${percent(statistics.detectable ?? Number.NaN)} points could not have been seen)${almost(comparison)}.`;
  return `${what} ${reading === 'better' ? 'beats' : 'is worse than'} ${other} ${where} by ${size(statistics)}: beyond noise (adjusted p ${relation(comparison.adjustedP)}; ${units}).`;
}

/** A gain or a loss without signs: the verb says which. */
function size({ meanDifference, interval }: PairedComparison): string {
  const ends = interval === null ? [] : [Math.abs(interval.low), Math.abs(interval.high)].toSorted((a, b) => a - b);
  return `${percent(Math.abs(meanDifference))} points${ends.length === 0 ? '' : ` [${ends.map(percent).join(', ')}]`}`;
}

function placeOf({ task, samples, architecture }: Judged): string {
  return `on ${task} ${samples === null ? 'over all sample sizes' : `at ${plural(samples, 'sample')}`}${architecture === null ? '' : `, ${architecture}`}`;
}

export function unitsOf({ differences }: Pick<Judged, 'differences'>): string {
  const architectures = new Set(differences.map((unit) => unit.architecture)).size;
  const seeds = new Set(differences.map((unit) => unit.seed)).size;
  if (architectures === 1) return `n = ${plural(differences.length, 'seed')}`;
  return `n = ${count(differences.length)} seed pairs: ${architectures} architectures, ${plural(seeds, 'seed')}`;
}

function noClaim({ statistics, differences }: Judged): string {
  if (differences.length === 1) return 'from one seed: no interval, no claim.';
  if (statistics?.interval === null)
    return `the same in all ${count(differences.length)} seeds, so that no interval can be given (${Math.abs(statistics.meanDifference) < 1e-12 ? 'no difference seen' : 'no claim'}).`;
  return `from two seeds: no claim (three are the least; a difference below ${percent(statistics?.detectable ?? Number.NaN)} points could not have been seen).`;
}

/** What a hurried reader would take for a finding, and why it is not called one. */
function almost({ statistics, adjustedP, itemInterval, family }: Judged): string {
  const excludesZero =
    statistics?.interval !== null &&
    statistics !== null &&
    (statistics.interval.low > 0 || statistics.interval.high < 0);
  if (!excludesZero) return '';
  if (adjustedP !== null && adjustedP < 0.05 && itemInterval !== null)
    return `; the seeds agree, but with the test pairs resampled too the interval is ${pointsInterval(itemInterval)}`;
  return `; its own interval leaves out 0, but among ${plural(family, 'comparison')} that is expected now and then (adjusted p ${relation(adjustedP)})`;
}

function relation(p: number | null): string {
  const text = pValue(p);
  return text.startsWith('<') ? text : `= ${text}`;
}
