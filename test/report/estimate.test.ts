/** Means over seeds with their intervals. */
import { expect, test } from 'vitest';
import { metricLookup } from '../../harness/kinds/metrics.ts';
import { buildReport, type Report } from '../../harness/report/index.ts';
import { estimateMetric } from '../../harness/report/estimate.ts';
import { input, sweep } from './sweep-fixture.ts';

const { trials } = sweep({ models: ['tiny'], samples: [128], budgets: [8192], seeds: [0, 1] });
const of = (name: string, values: readonly number[]) =>
  estimateMetric(
    values.map((value, i) => ({ ...(trials[i] as (typeof trials)[number]), seed: i, metrics: { [name]: value } })),
    metricLookup()(name),
  );

test('the interval of a share is cut at 0 and at 1', () => {
  // Two seeds: half a width of 12.7 standard errors reaches far beyond both ends.
  expect(of('eval/pairwise_accuracy', [0.9, 0.98])?.interval).toMatchObject({ high: 1 });
  expect(of('eval/pairwise_accuracy', [0.02, 0.1])?.interval).toMatchObject({ low: 0 });
  expect(of('eval/pairwise_accuracy', [0.9, 0.98])?.interval?.low).toBeCloseTo(0.94 - 12.7062 * 0.04, 4);
});

test('the interval of any other metric is not', () => {
  expect(of('eval/pairwise_loss', [0.02, 0.1])?.interval?.low).toBeLessThan(0);
});

test('a page never prints a share above 100 or below 0', () => {
  const extreme = trials.map((trial, i) => ({
    ...trial,
    metrics: { 'eval/pairwise_accuracy': i % 2 === 0 ? 0.99 : 0.5 },
  }));
  const ends = buildReport(input({ trials: extreme })).numbers.filter(({ table }) => table === 'accuracy');
  expect(ends.length).toBeGreaterThan(0);
  for (const { low, high } of ends) expect([low ?? 0, high ?? 1]).toEqual([0, 1]);
});

test('a metric over questions is told with questions, and only shares of equal items have an interval', () => {
  const pageOf = (headline: string, baseline: string): Report =>
    buildReport({
      ...input({
        trials: trials.map((trial, i) => ({
          ...trial,
          metrics: { [headline]: 0.25 + i / 1000, [baseline]: 0.25, 'eval/pairs': 0, 'eval/pool_questions': 230 },
        })),
      }),
      headlines: { lookup: headline },
    });
  const randomOf = (page: Report): readonly string[] =>
    page.tables.find(({ name }) => name.startsWith('baselines'))?.rows.find(([label]) => label === 'random choice') ??
    [];
  const choice = pageOf('eval/multiple_choice_accuracy', 'baseline/random_multiple_choice_accuracy');
  expect(randomOf(choice)).toEqual(['random choice', '25.0 [19.8, 31.0]', '230 questions']);
  expect(choice.figures.map(({ caption }) => caption).join(' ')).toContain('x 230 questions');
  expect(choice.statements.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('no arm is above what chance gives on this many questions (31.0 %'),
  );
  const bench = pageOf('eval/rewardbench2_score', 'baseline/random_rewardbench2_score');
  expect(randomOf(bench)).toEqual(['random choice', '25.0', '230 questions']);
});
