/**
 * Two sources of noise are told apart: seeds (t-interval over units, decisive after Holm's correction) and test pairs
 * (crossed bootstrap, where outcomes of single pairs are recorded). Only what stands clear of both is called beyond
 * noise.
 */
import { defaultHeadline } from '../../kinds/metrics.ts';
import { randomStream } from '../../random/index.ts';
import { crossedBootstrapInterval, holm, mean, pairedComparison, type Interval } from '../../stats/index.ts';
import { unique } from '../distinct.ts';
import { direction } from '../headlines.ts';
import type { OutcomeTable } from '../pair-outcomes.ts';
import type { Comparison, Reading } from '../report-types.ts';
import { comparisonSentence } from '../sentences.ts';
import type { Draft } from './drafts.ts';
import type { Unit } from './units.ts';

const significance = 0.05;
/** Two seeds make an interval, but no claim. */
const leastUnits = 3;

type Measured = Omit<Comparison, 'adjustedP' | 'family' | 'reading' | 'sentence'>;

/** Measures the drafts; the comparisons of one scope are one family of tests. */
export function judge(drafts: readonly Draft[], outcomes: OutcomeTable): readonly Comparison[] {
  const measured = drafts.map((draft) => measure(draft, outcomes));
  const adjusted = adjustedByScope(measured);
  return measured.map((one) => {
    const family = adjusted.get(one.scope) as ReadonlyMap<Measured, number>;
    const adjustedP = family.get(one) ?? null;
    const judged = { ...one, adjustedP, family: family.size, reading: readingOf(one, adjustedP) };
    return { ...judged, sentence: comparisonSentence(judged) };
  });
}

/** Holm's p of every comparison that has one, family by family. */
function adjustedByScope(measured: readonly Measured[]): ReadonlyMap<string, ReadonlyMap<Measured, number>> {
  return new Map(
    unique(measured.map(({ scope }) => scope)).map((scope) => {
      const family = measured.filter((one) => one.scope === scope && typeof one.statistics?.p === 'number');
      const p = holm(family.map(({ statistics }) => statistics?.p as number));
      return [scope, new Map(family.map((one, i) => [one, p[i] as number]))];
    }),
  );
}

function measure({ units, ...draft }: Draft, outcomes: OutcomeTable): Measured {
  const differences = units.map(differenceOf);
  if (differences.length === 0) return { ...draft, differences, statistics: null, itemInterval: null };
  const values = differences.map(({ value }) => value);
  // Outcomes of pairs say who ranked them rightly, and nothing about any other metric.
  const itemInterval = draft.headline.name === defaultHeadline ? itemIntervalOf(units, outcomes) : null;
  return { ...draft, differences, statistics: pairedComparison(values, 'seeds'), itemInterval };
}

function differenceOf({ model, seed, pairs }: Unit): Comparison['differences'][number] {
  return { model, seed, value: mean(pairs.map(({ difference }) => difference)) };
}

function itemIntervalOf(units: readonly Unit[], outcomes: OutcomeTable): Interval | null {
  const rows = units.map((unit) => outcomes.resampledDifference(unit.pairs)).filter((row) => row !== null);
  const items = rows[0]?.items;
  if (items === undefined || rows.length < units.length || rows.some((row) => row.items !== items)) return null;
  return crossedBootstrapInterval(
    rows.map((row) => row.differences),
    { uniform: randomStream(0, 'report', 'units', units.length, items).uniform, unit: `seeds and ${items} test pairs` },
  );
}

function readingOf({ statistics, itemInterval, headline }: Measured, adjustedP: number | null): Reading {
  if (statistics === null) return 'missing';
  if (adjustedP === null || statistics.n < leastUnits) return 'no-claim';
  const isClearOfItems = itemInterval === null || itemInterval.low > 0 || itemInterval.high < 0;
  if (adjustedP >= significance || !isClearOfItems) return 'not-distinguishable';
  return statistics.meanDifference * direction(headline) > 0 ? 'better' : 'worse';
}
