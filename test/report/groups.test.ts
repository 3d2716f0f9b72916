/** Test pairs of one group come out alike: they are resampled and counted together. */
import { expect, test } from 'vitest';
import type { PairOutcomes } from '../../harness/record/trial-result.ts';
import { buildReport, type Comparison } from '../../harness/report/index.ts';
import { outcomeTable } from '../../harness/report/pair-outcomes.ts';
import { clusteredShare } from '../../harness/stats/index.ts';
import { input, sweep } from './sweep-fixture.ts';

/** Pairs `0` to `n - 1`, `size` to a group. */
function outcomes(trialId: string, right: readonly number[], size: number): PairOutcomes {
  const ids = right.map((_, i) => String(i).padStart(4, '0'));
  return {
    trialId,
    correct: new Map(ids.map((id, i) => [id, right[i] as number])),
    groups: new Map(ids.map((id, i) => [id, `g${Math.floor(i / size)}`])),
  };
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
    outcomeTable([outcomes('a', right, size), outcomes('b', wrong, size)], 'x').resampledDifference([
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
  const table = (given: readonly PairOutcomes[]) => outcomeTable(given, 'x');
  const [first, second] = [table(rows), table(rows.toReversed())];
  // Equal outcomes under equal draws cancel to nothing, in every draw.
  const zero = first.resampledDifference([{ treatment: 'a', reference: 'b' }])?.differences;
  expect([...(zero ?? [1])].every((value) => value === 0)).toBe(true);
  const of = (one: typeof first) => one.resampledDifference([{ treatment: 'a', reference: 'c' }])?.differences;
  expect(of(second)).toEqual(of(first));
});

test('trials whose pairs have other groups were not measured on the same test pairs', () => {
  const table = outcomeTable([outcomes('a', right, 4), outcomes('b', wrong, 2)], 'x');
  expect(table.resampledDifference([{ treatment: 'a', reference: 'b' }])).toBeNull();
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
  const recorded = row({ lengthOutcomes: [{ task: 'lookup', longest, groups }] });
  expect(recorded).toMatchObject({ mean: 0.488, low: interval?.low, high: interval?.high });
  expect((recorded?.high ?? 0) - (recorded?.low ?? 0)).toBeGreaterThan(0.17);
  expect(row({})).toMatchObject({ mean: 0.488, low: null, high: null, n: 500 });
});

test('a comparison says how many groups its test pairs are', () => {
  const pairs = [...(pairOutcomes[0] as PairOutcomes).correct.keys()];
  const groups = new Map(pairs.map((id, i) => [id, `g${Math.floor(i / 2)}`]));
  const grouped = pairOutcomes.map((one) => ({ ...one, groups }));
  const [comparison] = buildReport(input({ trials, pairOutcomes: grouped })).comparisons as readonly [Comparison];
  expect(comparison.itemInterval?.method).toContain('seeds and 250 groups of 500 test pairs');
});
