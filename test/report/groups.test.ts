/** Test pairs of one group come out alike: they are resampled and counted together. */
import { expect, test } from 'vitest';
import type { PairOutcomes } from '../../harness/record/trial-result.ts';
import { buildReport, type Comparison } from '../../harness/report/index.ts';
import { defaultHeadline, withinSourceAccuracy } from '../../harness/kinds/metrics.ts';
import { outcomeTables, type OutcomeTable } from '../../harness/report/pair-outcomes.ts';
import { clusteredShare } from '../../harness/stats/index.ts';
import { input, sweep } from './sweep-fixture.ts';

/** Pairs `0` to `n - 1`, `size` to a group. */
function outcomes(trialId: string, right: readonly number[], size: number): PairOutcomes {
  const ids = right.map((_, i) => String(i).padStart(4, '0'));
  return {
    trialId,
    correct: new Map(ids.map((id, i) => [id, right[i] as number])),
    groups: new Map(ids.map((id, i) => [id, `g${Math.floor(i / size)}`])),
    // The first half of each group.
    withinSource: new Set(ids.filter((_, i) => i % size < size / 2)),
  };
}

function tableOf(given: readonly PairOutcomes[], metric = defaultHeadline): OutcomeTable {
  const table = outcomeTables(given, 'x')(metric);
  if (table === null) throw new Error(`no outcomes of ${metric}`);
  return table;
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

// Four pairs of a group are all right or all wrong: 100 groups tell as much as 100 pairs.
const right = Array.from({ length: 400 }, (_, i) => (Math.floor(i / 4) % 2 === 0 ? 1 : 0));
const wrong = right.map(() => 0);

test('groups are drawn whole: four pairs that always agree vary as one', () => {
  const drawn = (size: number) =>
    tableOf([outcomes('a', right, size), outcomes('b', wrong, size)]).resampledDifference([
      { treatment: 'a', reference: 'b' },
    ]);
  const [single, grouped] = [drawn(1), drawn(4)];
  expect(single).toMatchObject({ items: 400, groups: 400 });
  expect(grouped).toMatchObject({ items: 400, groups: 100 });
  // 0.25 / 400 and 0.25 / 100.
  expect(variance(single?.differences ?? new Float64Array())).toBeCloseTo(0.25 / 400, 4);
  expect(variance(grouped?.differences ?? new Float64Array())).toBeCloseTo(0.25 / 100, 3);
});

test('all trials on the same pairs go through the same draws, in whatever order they are recorded', () => {
  const rows = [outcomes('a', right, 4), outcomes('b', right, 4), outcomes('c', wrong, 4)];
  const [first, second] = [tableOf(rows), tableOf(rows.toReversed())];
  // Equal outcomes under equal draws cancel to nothing, in every draw.
  const zero = first.resampledDifference([{ treatment: 'a', reference: 'b' }])?.differences;
  expect([...(zero ?? [1])].every((value) => value === 0)).toBe(true);
  const of = (one: typeof first) => one.resampledDifference([{ treatment: 'a', reference: 'c' }])?.differences;
  expect(of(second)).toEqual(of(first));
});

test('trials whose pairs have other groups were not measured on the same test pairs', () => {
  const table = tableOf([outcomes('a', right, 4), outcomes('b', wrong, 2)]);
  expect(table.resampledDifference([{ treatment: 'a', reference: 'b' }])).toBeNull();
});

test('accuracy within a source is resampled on its pairs alone, and what is no accuracy not at all', () => {
  // Right on the pairs of one source only: on all pairs it is 50 %.
  const some = right.map((_, i) => (i % 4 < 2 ? 1 : 0));
  const rows = [outcomes('a', some, 4), outcomes('b', wrong, 4)];
  const pair = [{ treatment: 'a', reference: 'b' }];
  const within = tableOf(rows, withinSourceAccuracy).resampledDifference(pair);
  expect(within).toMatchObject({ items: 200, groups: 100 });
  expect([...(within?.differences ?? [])].every((value) => value === 1)).toBe(true);
  expect(tableOf(rows).resampledDifference(pair)?.differences[0]).toBe(0.5);
  expect(outcomeTables(rows, 'x')('eval/auc')).toBeNull();
});

const { trials, pairOutcomes } = sweep({ models: ['tiny'], samples: [128], budgets: [8192], withOutcomes: true });

test('the length rules have intervals over groups, and none where single pairs are not recorded', () => {
  const longest = Array.from({ length: 500 }, (_, i) => (Math.floor(i / 4) < 61 ? 1 : 0));
  const groups = longest.map((_, i) => `g${Math.floor(i / 4)}`);
  const row = (parts: Partial<Parameters<typeof input>[0]>) =>
    buildReport(input({ trials, ...parts })).numbers.find(
      ({ table, metric }) => table === 'baselines' && metric === 'baseline/longest_pairwise_accuracy',
    );
  const { interval } = clusteredShare(longest, groups);
  const recorded = row({
    lengthOutcomes: [{ task: 'lookup', longest, groups, isWithinSource: longest.map(() => true) }],
  });
  expect(recorded).toMatchObject({ mean: 0.488, low: interval?.low, high: interval?.high });
  expect((recorded?.high ?? 0) - (recorded?.low ?? 0)).toBeGreaterThan(0.17);
  expect(row({})).toMatchObject({ mean: 0.488, low: null, high: null, n: 500 });
});

test('on the pairs of one source the longest response has a row, and a note where no arm does better', () => {
  const longest = Array.from({ length: 500 }, (_, i) => (i < 60 || i >= 400 ? 1 : 0));
  const groups = longest.map((_, i) => `g${i}`);
  const isWithinSource = longest.map((_, i) => i < 100);
  const page = (value: number) => {
    const scored = trials.map((trial) => ({
      ...trial,
      metrics: { ...trial.metrics, [withinSourceAccuracy]: value },
    }));
    return buildReport(
      input({ trials: scored, lengthOutcomes: [{ task: 'lookup', longest, groups, isWithinSource }] }),
    );
  };
  const row = page(0.7).numbers.find(({ metric }) => metric === 'baseline/longest_within_source_pairwise_accuracy');
  expect(row).toMatchObject({
    mean: 0.6,
    n: 100,
    low: clusteredShare(longest.slice(0, 100), groups.slice(0, 100)).interval?.low,
  });
  const told = (value: number) => page(value).statements.filter(({ text }) => text.includes('of one source'));
  expect(told(0.7)).toEqual([]);
  expect(told(0.6).map(({ text }) => text)).toEqual([
    'lookup: on the 100 test pairs of one source, choosing the longest response (60.0 %) does as well as the best ' +
      'arm (60.0 %).',
  ]);
});

test('a comparison says how many groups its test pairs are', () => {
  const pairs = [...(pairOutcomes[0] as PairOutcomes).correct.keys()];
  const groups = new Map(pairs.map((id, i) => [id, `g${Math.floor(i / 2)}`]));
  const grouped = pairOutcomes.map((one) => ({ ...one, groups }));
  const [comparison] = buildReport(input({ trials, pairOutcomes: grouped })).comparisons as readonly [Comparison];
  expect(comparison.itemInterval?.method).toContain('seeds and 250 groups of 500 test pairs');
});
