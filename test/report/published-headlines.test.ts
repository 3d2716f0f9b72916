/**
 * The six headlines that 0.1.0 published with n = 6 (reports/scale-0.1.0), judged again from its recorded differences.
 * The fixture has one row a task, reference, model and sample size.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrialResult } from '../../harness/record/trial-result.ts';
import { buildReport } from '../../harness/report/index.ts';
import { holm } from '../../harness/stats/index.ts';
import { claiming, input } from './sweep-fixture.ts';

interface Recorded {
  readonly task: string;
  readonly reference: string;
  readonly model: string;
  readonly samples: number;
  readonly bySeed: Readonly<Record<string, number>>;
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/scale-differences.json'), 'utf8'),
) as readonly Recorded[];

/** The treatment at 60 % everywhere, and each reference as far below it as was recorded. */
const trials: readonly TrialResult[] = recorded.flatMap(({ task, reference, model, samples, bySeed }) =>
  Object.entries(bySeed).flatMap(([seed, difference]) =>
    [...(reference === 'scratch' ? [trial('pmp', 0.6)] : []), trial(reference, 0.6 - difference)].map((of) =>
      of({ task, model, samples, seed: Number(seed) }),
    ),
  ),
);

function trial(arm: string, accuracy: number) {
  return (at: Pick<TrialResult, 'task' | 'model' | 'samples' | 'seed'>): TrialResult => ({
    ...at,
    trialId: JSON.stringify([arm, ...Object.values(at)]),
    arm,
    pmpPairs: arm === 'pmp' ? 16384 : 0,
    pretrainPairs: arm === 'scratch' ? 0 : 16384,
    declared: {},
    outcome: 'completed',
    cause: null,
    evaluateStage: '',
    choices: {},
    metrics: { 'eval/pairwise_accuracy': accuracy },
  });
}

test('with seeds as units none of the six headlines survives Holm, even in a family of the six alone', () => {
  const headlines = buildReport(input({ trials })).comparisons.filter(({ scope }) => scope === 'overall');
  expect(headlines.map(({ task, reference }) => `${task} ${reference.arm.id}`)).toEqual([
    'algebra none',
    'algebra lm-equal-pairs',
    'algebra lm-equal-tokens',
    'word-problem none',
    'word-problem lm-equal-pairs',
    'word-problem lm-equal-tokens',
  ]);
  expect(headlines.map(({ statistics }) => statistics?.n)).toEqual([3, 3, 3, 3, 3, 3]);
  const adjusted = holm(headlines.map(({ p }) => p as number));
  for (const [i, p] of [0.053, 0.1236, 0.1236, 0.0877, 0.1236, 0.407].entries()) expect(adjusted[i]).toBeCloseTo(p, 3);
});

test('on the page they share their family with every size, model and budget, and none is a finding', () => {
  const { comparisons, smallerBudgets } = buildReport(input({ trials }));
  const families = new Set([...comparisons, ...smallerBudgets].map(({ family }) => family));
  // algebra: 3 references x (overall, 3 sizes, 2 models, 6 cells); word problems: 3 x (overall, 2 models).
  expect([...families]).toEqual([3 * 12 + 3 * 3]);
  expect(comparisons.filter(({ scope, reading }) => scope === 'overall' && reading === 'better')).toEqual([]);
});

test('a claim registered beforehand has the 5 % to itself, and leaves the family', () => {
  const claim = claiming({ task: 'algebra', reference: 'lm-equal-tokens' }, [1, 2, 3]);
  const { comparisons, statements } = buildReport(input({ trials, ...claim }));
  expect(comparisons[0]).toMatchObject({ task: 'algebra', reference: { arm: { id: 'lm-equal-tokens' } }, family: 1 });
  expect(comparisons[0]?.adjustedP).toBeCloseTo(0.034985, 6);
  expect(statements[0]?.text).toMatch(
    /^Registered claim of 2026-01-01: PMP \(16,384 pairs\) beats LM only, equal tokens/,
  );
  expect(comparisons[1]?.family).toBe(44);
});
