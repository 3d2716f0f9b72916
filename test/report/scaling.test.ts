import { describe, expect, test } from 'vitest';
import { metrics } from '../../harness/kinds/metrics.ts';
import type { TrialResult } from '../../harness/record/trial-result.ts';
import { buildReport, type ReportInput } from '../../harness/report/index.ts';
import { parsePublishedLaws } from '../../harness/report/published-laws.ts';
import { input } from './sweep-fixture.ts';

const budgets = [512, 1024, 2048, 4096, 8192, 16384];

const trial = (pretrainPairs: number, seed: number, values: TrialResult['metrics'], model = 'tiny'): TrialResult => ({
  trialId: `pmp-${model}-${pretrainPairs}-${seed}`,
  seed,
  model,
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
  const none = '\u2013';
  const cells = ['no fit: the asymptote is at its bound of 0', none, none, '18', none, none, none, none];
  expect(row?.slice(1)).toEqual(cells);
});

test('what is neither a share nor a loss has no law', () => {
  expect(rowsOf(law, 'mine/win')[0]?.[1]).toBe('no fit: neither a share nor a loss');
});

/** The rows by their first cell; the error of each model at each budget and seed. */
function rowsBy(
  errors: Readonly<Record<string, (pairs: number, seed: number) => number>>,
  { sizes = budgets, ...parts }: Partial<ReportInput> & { readonly sizes?: readonly number[] } = {},
): ReadonlyMap<string, readonly string[]> {
  const trials = Object.entries(errors).flatMap(([model, errorAt]) =>
    sizes.flatMap((pairs) =>
      [0, 1, 2].map((seed) => trial(pairs, seed, { 'eval/pairwise_accuracy': 1 - errorAt(pairs, seed) }, model)),
    ),
  );
  const { tables } = buildReport(input({ trials, figures: [], ...parts }));
  const { rows = [] } = tables.find(({ name }) => name === 'scaling-lookup') ?? {};
  return new Map(rows.map((row) => [row[0] as string, row.slice(1)]));
}

describe('without its largest budgets', () => {
  const seven = [...budgets, 32768];

  test('a law foretells what is measured there, as accuracy', () => {
    const row = rowsBy({ tiny: law }).get('tiny, without 16,384 pairs');
    const [predicted, measured, inside] = row?.slice(5) ?? [];
    // 1 - 0.2 - 20 x 16,384^-0.7 = 0.7776
    expect(row?.[3]).toBe('15');
    expect(predicted).toMatch(/^77\.\d \[7[67]\.\d, 7[78]\.\d\]$/);
    expect(measured).toMatch(/^77\.\d$/);
    expect(inside).toBe('yes');
  });

  test('a curve that breaks off is flagged: at one budget, and at each of two where there are seven', () => {
    const broken = (pairs: number, seed: number): number => law(pairs, seed) + (pairs > 8192 ? 0.05 : 0);
    const rows = rowsBy({ tiny: broken }, { sizes: seven });
    expect([...rows.keys()].slice(0, 3)).toEqual([
      'tiny',
      'tiny, without 32,768 pairs',
      'tiny, without 16,384 and 32,768 pairs',
    ]);
    expect(rows.get('tiny, without 16,384 and 32,768 pairs')?.at(-1)).toBe('16,384: no; 32,768: no');
    expect(rowsBy({ tiny: broken }).get('tiny, without 16,384 pairs')?.at(-1)).toBe('no');
  });

  test('too few are left of five, which is told; of four nothing is left out', () => {
    const reason = 'no fit: 4 different sizes; three parameters need at least 5';
    const row = rowsBy({ tiny: law }, { sizes: budgets.slice(0, 5) }).get('tiny, without 8,192 pairs');
    expect([row?.[0], row?.at(-1)]).toEqual([reason, '\u2013']);
    const four = rowsBy({ tiny: law }, { sizes: budgets.slice(0, 4) });
    expect([...four.keys()].filter((key) => key.startsWith('tiny'))).toEqual(['tiny']);
  });
});

describe('jointly in parameters and pairs', () => {
  const key = 'all models, jointly in parameters and pairs';
  const modelSizes = { small: 1e5, middle: 1e6, large: 1e7 };
  const ofModel = (size: number) => (pairs: number, seed: number) => law(pairs, seed) + 2 * size ** -0.3;
  const models = Object.fromEntries(Object.entries(modelSizes).map(([name, size]) => [name, ofModel(size)]));

  test('three models have one law, told as accuracy', () => {
    const [text, asymptote, exponents, n] = rowsBy(models, { modelSizes }).get(key) ?? [];
    expect(text).toMatch(/^(79|80|81)\.\d \u2212 .* parameters\^\(\u22120\.\d\d\) \u2212 .* pairs\^\(\u22120\.\d\d\)$/);
    expect(asymptote).toMatch(/^\[\d\d\.\d, \d\d\.\d\]$/);
    expect(exponents).toMatch(/^parameters \[0\.\d\d, 0\.\d\d\]; pairs \[0\.\d\d, 0\.\d\d\]$/);
    expect(n).toBe('54');
  });

  test('two models have none, nor have models whose parameters are not recorded', () => {
    const { small, middle } = models;
    const two = rowsBy({ small: small as typeof law, middle: middle as typeof law }, { modelSizes });
    expect(two.get(key)?.[0]).toBe('no fit: a joint law needs at least 3 model sizes, here 2');
    expect(rowsBy(models, { modelSizes: { small: 1e5 } }).get(key)?.[0]).toBe(
      'no fit: the number of parameters of middle and large is not recorded',
    );
  });
});

describe('laws that others published', () => {
  const prefix = 'published, other task and metric: ';

  test('stand below ours, with their source, and without a value where none is known', () => {
    const of = (paper: string) =>
      rowsOf(law).flatMap(([label, ...cells]) => (label?.startsWith(prefix + paper) === true ? [cells] : []));
    expect(of('POLAR').map(([text]) => text?.split(';')[0])).toEqual([
      'L = 0.9 \u00b7 N^(\u22120.0425), R\u00b2 0.9886',
      'L = 2.4 \u00b7 C^(\u22120.0342), R\u00b2 0.9912',
    ]);
    expect(of('POLAR').map((cells) => cells[2])).toEqual(['0.0425', '0.0342']);
    expect(of('WorldPM')[0]?.slice(0, 3)).toEqual([
      'full text: power laws in figures, no fitted exponent is printed',
      '\u2013',
      '\u2013',
    ]);
  });

  test('are no table of their own', () => {
    expect(rowsBy({ tiny: law }, { sizes: [512] }).size).toBe(0);
  });

  test('a value without the status that it is known, or none with it, is refused', () => {
    const entry = (exponent: string, status: string): string =>
      'laws: [{paper: X, of: L, size: N, coefficient: null, r2: null, source: us, ' +
      `exponent: ${exponent}, status: ${status}}]`;
    expect(parsePublishedLaws(entry('0.1', 'exact'))).toHaveLength(1);
    expect(() => parsePublishedLaws(entry('0.1', 'missing'))).toThrow(/status missing/);
    expect(() => parsePublishedLaws(entry('null', 'exact'))).toThrow(/status missing/);
  });
});
