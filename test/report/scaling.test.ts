import { expect, test } from 'vitest';
import { metrics } from '../../harness/kinds/metrics.ts';
import type { TrialResult } from '../../harness/record/trial-result.ts';
import { buildReport } from '../../harness/report/index.ts';
import { input } from './sweep-fixture.ts';

const budgets = [512, 1024, 2048, 4096, 8192, 16384];

const trial = (pretrainPairs: number, seed: number, values: TrialResult['metrics']): TrialResult => ({
  trialId: `pmp-${pretrainPairs}-${seed}`,
  seed,
  model: 'tiny',
  arm: 'pmp',
  pmpPairs: pretrainPairs,
  pretrainPairs,
  task: 'lookup',
  samples: 256,
  declared: {},
  outcome: 'completed',
  cause: null,
  evaluateStage: 'e',
  choices: {},
  metrics: values,
});

/** The rows of the table; `errorAt` is the part of the accuracy that is missing, and the loss. */
function rowsOf(errorAt: (pairs: number, seed: number) => number, headline?: string): readonly (readonly string[])[] {
  const trials = budgets.flatMap((pairs) =>
    [0, 1, 2].map((seed) => {
      const error = errorAt(pairs, seed);
      const named = { 'eval/pairwise_accuracy': 1 - error, 'eval/pairwise_loss': error, 'mine/win': 1 - error };
      return trial(pairs, seed, named);
    }),
  );
  const kinds =
    headline === undefined
      ? {}
      : {
          headlines: { lookup: headline },
          metrics: [...metrics, { name: 'mine/win', unit: 'number', better: 'high' } as const],
        };
  const tables = buildReport(input({ trials, figures: [], ...kinds })).tables;
  return tables.find(({ title }) => title.startsWith('Power law'))?.rows ?? [];
}

const law = (pairs: number, seed: number): number =>
  0.2 + 20 * pairs ** -0.7 + 0.002 * (seed - 1) + 0.001 * (((Math.log2(pairs) * 7 + seed * 3) % 5) - 2);

test('the law of an accuracy is that of the error, told as accuracy', () => {
  const [row] = rowsOf(law);
  const [, text, asymptote, exponent, n] = row as readonly [string, string, string, string, string];
  const [low, high] = asymptote.slice(1, -1).split(', ').map(Number) as [number, number];
  expect(text).toMatch(/^(79|80|81)\.\d \u2212 \d+\.\d \u00b7 pairs\^\(\u22120\.\d\d\)$/);
  expect(low).toBeLessThan(80);
  expect(high).toBeGreaterThan(80);
  expect(high).toBeLessThan(100);
  expect(exponent).toMatch(/^\[0\.\d\d, 0\.\d\d\]$/);
  expect(n).toBe('18');
});

test('the law of a loss is its own', () => {
  const [row] = rowsOf(law, 'eval/pairwise_loss');
  expect(row?.[1]).toMatch(/^0\.(19|20|21)\d? \+ \d+\.\d+ \u00b7 pairs/);
});

test('an accuracy that would rise above 100 % has no law', () => {
  const [row] = rowsOf((pairs, seed) => 0.4 - 0.06 * Math.log2(pairs / 512) + 0.001 * seed);
  expect(row?.slice(1)).toEqual(['no fit: the asymptote is at its bound of 0', '\u2013', '\u2013', '18', '\u2013']);
});

test('what is neither a share nor a loss has no law', () => {
  expect(rowsOf(law, 'mine/win')[0]?.[1]).toBe('no fit: neither a share nor a loss');
});
