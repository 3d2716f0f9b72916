/**
 * Two sources of noise are told apart: seeds (t-test over units) and test pairs (crossed bootstrap, where outcomes of
 * single pairs are recorded). Only what stands clear of both is called beyond noise.
 *
 * A page makes two kinds of claims. The registered one has the 5 % to itself. All other comparisons of the page, of
 * whatever task, size, model and budget, are one family under Holm's correction, and exploratory. So each of the two
 * kinds is wrong on at most 5 % of all pages where nothing differs.
 */
import { randomStream } from '../../random/index.ts';
import { crossedBootstrapInterval, holm, mean, pairedComparison, tCdf, type Interval } from '../../stats/index.ts';
import { unique } from '../distinct.ts';
import { direction } from '../headlines.ts';
import type { OutcomesOf, OutcomeTable } from '../pair-outcomes.ts';
import type { Comparison, Reading, Survival } from '../report-types.ts';
import { comparisonSentence } from '../sentences.ts';
import type { Draft } from './drafts.ts';
import { isFinding, readingOf } from './reading.ts';
import { isOneSided, isRegistered } from './significance.ts';
import { unitsOf, type Unit } from './units.ts';

type Measured = Omit<Comparison, 'adjustedP' | 'family' | 'reading' | 'sentence'> & {
  /** Equal for comparisons of the same trials: one test, told at two places. */
  readonly test: string;
  readonly survives: Measured | null;
};

/** Measures the drafts, all of one page. */
export function judge(drafts: readonly Draft[], outcomesOf: OutcomesOf): readonly Comparison[] {
  const measured = drafts.map((draft) => measure(draft, outcomesOf));
  const adjusted = adjustedPs(measured.filter(({ claim }) => !isRegistered(claim)));
  return measured.map(({ test, survives, ...one }) => {
    const isAlone = isRegistered(one.claim);
    const adjustedP = isAlone ? one.p : (adjusted.get(test) ?? null);
    const family = isAlone ? 1 : adjusted.size;
    const survival = survives === null ? null : survivalOf(survives);
    const claim = one.claim === null || survival === null ? one.claim : { ...one.claim, survival };
    const reading = gated(readingOf(one, adjustedP), survival);
    const judged = { ...one, claim, adjustedP, family, reading };
    return { ...judged, sentence: comparisonSentence(judged) };
  });
}

function survivalOf(measured: Measured): Survival {
  const { treatment, reference, differences, statistics, p, itemInterval } = measured;
  return { treatment, reference, differences, statistics, p, itemInterval, reading: readingOf(measured, p) };
}

/** A claim is found where it is found at both places, on the same side. */
function gated(reading: Reading, survival: Survival | null): Reading {
  if (survival === null || !isFinding(reading) || survival.reading === reading) return reading;
  return survival.reading === 'missing' || survival.reading === 'no-claim' ? survival.reading : 'not-distinguishable';
}

/** Holm's p by test, over every test that has a p. */
function adjustedPs(measured: readonly Measured[]): ReadonlyMap<string, number> {
  const tests = new Map(measured.flatMap(({ test, p }) => (p === null ? [] : [[test, p] as const])));
  const adjusted = holm([...tests.values()]);
  return new Map([...tests.keys()].map((test, i) => [test, adjusted[i] as number]));
}

function measure({ grid, survives: longer, ...draft }: Draft, outcomesOf: OutcomesOf): Measured {
  const { complete, incomplete } = unitsOf(grid);
  const differences = complete.map(differenceOf);
  const models = unique(grid.map(({ model }) => model));
  const survives = longer === null ? null : measure(longer, outcomesOf);
  const about = { ...draft, models, differences, incomplete, test: testOf(draft, complete), survives };
  if (differences.length === 0) return { ...about, statistics: null, p: null, itemInterval: null };
  const statistics = pairedComparison(
    differences.map(({ value }) => value),
    'seeds',
  );
  // Outcomes of pairs say who ranked them rightly, and nothing about any other metric.
  const outcomes = outcomesOf(draft.headline.name);
  const itemInterval = outcomes === null ? null : itemIntervalOf(complete, outcomes);
  return { ...about, statistics, p: pOf(draft, statistics), itemInterval };
}

/** Exploratory comparisons are two-sided; so is a claim, unless it says which side. */
function pOf(
  { claim, headline }: Pick<Draft, 'claim' | 'headline'>,
  statistics: NonNullable<Comparison['statistics']>,
): number | null {
  const { p, meanDifference, standardError, n } = statistics;
  if (!isOneSided(claim) || standardError === null) return p;
  const sign = direction(headline) * (claim?.direction === 'worse' ? -1 : 1);
  return tCdf((-sign * meanDifference) / standardError, n - 1);
}

function testOf({ headline }: Pick<Draft, 'headline'>, units: readonly Unit[]): string {
  const pairs = units.flatMap((unit) => unit.pairs.map(({ treatment, reference }) => `${treatment} ${reference}`));
  return [headline.name, ...pairs.toSorted()].join('\n');
}

function differenceOf({ seed, pairs }: Unit): Comparison['differences'][number] {
  const [only, ...others] = pairs;
  const trialId = only === undefined || others.length > 0 ? null : only.treatment;
  return { seed, value: mean(pairs.map(({ difference }) => difference)), trialId };
}

function itemIntervalOf(units: readonly Unit[], outcomes: OutcomeTable): Interval | null {
  const rows = units.map((unit) => outcomes.resampledDifference(unit.pairs)).filter((row) => row !== null);
  const { items, groups } = rows[0] ?? { items: 0, groups: 0 };
  if (items === 0 || rows.length < units.length || rows.some((row) => row.items !== items || row.groups !== groups))
    return null;
  const of = groups === items ? `${items} test pairs` : `${groups} groups of ${items} test pairs`;
  return crossedBootstrapInterval(
    rows.map((row) => row.differences),
    { uniform: randomStream(0, 'report', 'units', units.length, items).uniform, unit: `seeds and ${of}` },
  );
}
