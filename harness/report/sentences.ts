/**
 * Comparisons as plain English, made from the numbers alone: a gain, a loss and nothing are told with the same words
 * and the same prominence.
 */
import { defaultHeadline, type Metric } from '../kinds/metrics.ts';
import type { PairedComparison } from '../stats/index.ts';
import { count, plural } from '../text/index.ts';
import { detectableDifference } from './compare/detectable.ts';
import { isFinding, isFoundAlone } from './compare/reading.ts';
import { isOneSided, isRegistered } from './compare/significance.ts';
import { armLabel, differenceInterval, differenceText, listText, pValue, unitSuffix, valueText } from './format.ts';
import type { Comparison } from './report-types.ts';

type Judged = Omit<Comparison, 'sentence'>;

/** One sentence (or two) that a reader may quote without looking at the table. */
export function comparisonSentence(comparison: Judged): string {
  return [`${standing(comparison)}: ${outcome(comparison)}`, ...survivalText(comparison)].join(' ');
}

/** What the claim had to survive, and whether it did. */
function survivalText(comparison: Judged): readonly string[] {
  const { claim, headline, reading } = comparison;
  const survival = claim?.survival;
  if (survival === undefined) return [];
  const at = `At ${survival.treatment.variant}`;
  if (survival.statistics === null) return [`${at} it is not measured, and without that it is not shown.`];
  const found = `${signed(survival.statistics, headline)} (p ${relation(survival.p)})`;
  if (isFoundAlone(comparison)) {
    const end = isFinding(survival.reading)
      ? `there it is ${survival.reading}`
      : 'it does not survive there, and so is not shown';
    return [`${at} it is ${found}: ${end}.`];
  }
  // What is not found in the first place has nothing to survive.
  return [`${at} it is ${found}${isFinding(reading) ? ': it survives' : ''}.`];
}

/** What the comparison may be used for. */
function standing({ claim }: Judged): string {
  if (claim === null) return 'Exploratory';
  const { status, registeredAt } = claim.registration;
  const on = registeredAt === null ? '' : ` of ${registeredAt.slice(0, 10)}`;
  return status === 'before' ? `Registered claim${on}` : `Claim${on}, exploratory because it ${lateness[status]}`;
}

const lateness = {
  after: 'was written after the first result',
  changed: 'was changed after the first result',
  unregistered: 'was not registered by a sweep',
  unknown: 'cannot be shown to precede the first result',
} as const;

function outcome(comparison: Judged): string {
  const { statistics, reading, headline } = comparison;
  const [what, other, where] = [
    armLabel(comparison.treatment),
    armLabel(comparison.reference, true),
    placeOf(comparison),
  ];
  const against = `${what} against ${other} ${where}`;
  if (statistics !== null && isFoundAlone(comparison))
    return `${against}: ${signed(statistics, headline)}, beyond noise here (${testsOf(comparison)}).`;
  if (statistics === null || reading === 'missing')
    return `${what} cannot be compared with ${other} ${where}: no seed is complete on both sides.`;
  if (reading === 'better') return `${what} beats ${other} ${where} by ${finding(comparison, statistics)}.`;
  if (reading === 'worse') return `${what} is worse than ${other} ${where} by ${finding(comparison, statistics)}.`;
  const rest = reading === 'no-claim' ? noClaim(comparison) : withinNoise(comparison);
  return `${against}: ${signed(statistics, headline)}, ${rest}`;
}

function finding(comparison: Judged, statistics: PairedComparison): string {
  return `${size(statistics, comparison.headline)}: beyond noise (${testsOf(comparison)})`;
}

const testsOf = (comparison: Judged): string => `${testOf(comparison)}; ${unitsOf(comparison)}`;

/** `adjusted p = 0.009`, or the p of a registered claim. */
function testOf({ claim, adjustedP }: Judged): string {
  const name = isRegistered(claim) ? `${isOneSided(claim) ? 'one-sided ' : ''}p` : 'adjusted p';
  return `${name} ${relation(adjustedP)}`;
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

/** What is not pairwise accuracy is named. */
function placeOf({ task, samples, model, headline }: Judged): string {
  const size = samples === null ? 'over all sample sizes' : `at ${plural(samples, 'sample')}`;
  const metric = headline.name === defaultHeadline ? '' : ` in ${headline.label}`;
  return `on ${task} ${size}${model === null ? '' : `, ${model}`}${metric}`;
}

function unitsOf({ differences, models, incomplete }: Judged): string {
  const n = `n = ${plural(differences.length, 'seed')}`;
  const averaged = models.length > 1 ? `, each the mean of ${models.length} models` : '';
  return `${n}${averaged}${leftOut(incomplete)}`;
}

function leftOut(seeds: readonly number[]): string {
  if (seeds.length === 0) return '';
  return `; ${seeds.length === 1 ? 'seed' : 'seeds'} ${listText(seeds.map(String))} incomplete and left out`;
}

/** What this design finds. */
function power(comparison: Judged): string {
  const least = detectableDifference(comparison);
  if (least === null) return '';
  const { headline, family, claim } = comparison;
  const among = isRegistered(claim) ? '' : `, as one of ${plural(family, 'test')}`;
  if (headline.unit === 'share' && least > 1) return `; no difference is found with 80 % power${among}`;
  return `; found with 80 % power${among}: ${valueText(least, headline)}${unitSuffix(headline)} or more`;
}

function noClaim(comparison: Judged): string {
  const { statistics, differences, incomplete } = comparison;
  if (differences.length === 1) return `from one seed: no interval, no claim${leftOut(incomplete)}.`;
  if (statistics?.interval !== null) return `from two seeds: no claim (three are the least${leftOut(incomplete)}).`;
  const finding = Math.abs(statistics.meanDifference) < 1e-12 ? 'no difference seen' : 'no claim';
  return `the same in all ${count(differences.length)} seeds, so that no interval can be given (${finding}).`;
}

function withinNoise(comparison: Judged): string {
  return `not distinguishable from noise (${unitsOf(comparison)}${power(comparison)})${almost(comparison)}.`;
}

/** What a hurried reader would take for a finding, and why it is not called one. */
function almost({ statistics, adjustedP, itemInterval, family, headline, claim }: Judged): string {
  const interval = statistics?.interval ?? null;
  if (interval === null || (interval.low <= 0 && interval.high >= 0)) return '';
  if (adjustedP !== null && adjustedP < 0.05 && itemInterval !== null)
    return (
      `; the seeds agree, but with the test pairs resampled too the interval is ` +
      `${differenceInterval(itemInterval, headline)}`
    );
  if (isRegistered(claim)) return '; the interval leaves out 0 on the side that the claim does not name';
  return (
    `; its own interval leaves out 0, but among ${plural(family, 'test')} that is expected now and then ` +
    `(adjusted p ${relation(adjustedP)})`
  );
}

function relation(p: number | null): string {
  const text = pValue(p);
  return text.startsWith('<') ? text : `= ${text}`;
}
