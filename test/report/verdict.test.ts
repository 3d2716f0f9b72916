import { expect, test } from 'vitest';
import type { PairOutcomes, TrialResult } from '../../harness/record/trial-result.ts';
import { detectableDifference } from '../../harness/report/compare/detectable.ts';
import type { Interval } from '../../harness/stats/index.ts';
import { buildReport, type Comparison, type Report } from '../../harness/report/index.ts';
import { claiming, input, lose, sweep, testPairs, ungrouped } from './sweep-fixture.ts';

/** One model, one sample size: accuracies by seed of two arms. */
function twoArms(none: readonly number[], pmp: readonly number[], parts: Partial<TrialResult> = {}): TrialResult[] {
  const trial = (arm: string, pairs: number, seed: number, accuracy: number): TrialResult => ({
    trialId: `${arm}-${parts.task ?? 'lookup'}-${seed}`,
    seed,
    model: 'tiny',
    arm,
    pmpPairs: pairs,
    pretrainPairs: pairs,
    task: 'lookup',
    samples: 256,
    declared: {},
    outcome: 'completed',
    cause: null,
    evaluateStage: 'evaluate-0',
    choices: {},
    metrics: { 'eval/pairwise_accuracy': accuracy, 'eval/pairs': 500 },
    ...parts,
  });
  return [
    ...none.map((accuracy, seed) => trial('none', 0, seed, accuracy)),
    ...pmp.map((accuracy, seed) => trial('pmp', 4096, seed, accuracy)),
  ];
}

const headline = (report: Report, reference = 'none'): Comparison => {
  const found = report.comparisons.find(
    (comparison) => comparison.scope === 'overall' && comparison.reference.arm.id === reference,
  );
  if (found === undefined) throw new Error(`no headline against ${reference}`);
  return found;
};

test('a gain of three paired seeds, by hand', () => {
  // differences 0.06, 0.05, 0.07: mean 0.06, sd 0.01, se 0.0057735, half width 4.30265 x se = 0.024842, t = 10.3923, p
  // = 0.00913 (2 degrees of freedom)
  const { sentence, statistics, adjustedP, reading } = headline(
    buildReport(input({ trials: twoArms([0.6, 0.62, 0.64], [0.66, 0.67, 0.71]) })),
  );
  expect(statistics?.meanDifference).toBeCloseTo(0.06, 12);
  expect(statistics?.interval?.low).toBeCloseTo(0.06 - 0.024842, 5);
  expect(adjustedP).toBeCloseTo(0.00913, 4);
  expect(statistics?.signFlipP).toBe(0.25);
  expect(reading).toBe('better');
  expect(sentence).toBe(
    'Exploratory: PMP (4,096 pairs) beats no pretraining on lookup at 256 samples by 6.0 points [3.5, 8.5]: ' +
      'beyond noise (adjusted p = 0.009; n = 3 seeds).',
  );
});

test('a loss is told as plainly as a gain', () => {
  const { sentence, reading } = headline(
    buildReport(input({ trials: twoArms([0.66, 0.67, 0.71], [0.6, 0.62, 0.64]) })),
  );
  expect(reading).toBe('worse');
  expect(sentence).toBe(
    'Exploratory: PMP (4,096 pairs) is worse than no pretraining on lookup at 256 samples by 6.0 points [3.5, 8.5]: ' +
      'beyond noise (adjusted p = 0.009; n = 3 seeds).',
  );
});

test('a small budget that harms is told beside a large one that helps, and one that does nothing is not', () => {
  const large = twoArms([0.6, 0.62, 0.64], [0.66, 0.67, 0.71]);
  const budget = (pairs: number, accuracies: readonly number[]): TrialResult[] =>
    twoArms([], accuracies).map((trial) => ({
      ...trial,
      trialId: `${trial.trialId}-${pairs}`,
      pmpPairs: pairs,
      pretrainPairs: pairs,
    }));
  // 512 pairs: differences -0.06, -0.05, -0.07; with the largest budget three tests in the family, so Holm trebles p =
  // 0.00913.
  const report = buildReport(
    input({ trials: [...large, ...budget(512, [0.54, 0.57, 0.57]), ...budget(1024, [0.61, 0.61, 0.64])] }),
  );
  const texts = report.statements.map(({ text }) => text);
  expect(texts.filter((text) => text.includes('is worse than'))).toEqual([
    'Exploratory: PMP (512 pairs) is worse than no pretraining on lookup at 256 samples by 6.0 points [3.5, 8.5]: ' +
      'beyond noise (adjusted p = 0.027; n = 3 seeds).',
  ]);
  expect(texts.some((text) => text.startsWith('Exploratory: PMP (4,096 pairs) beats'))).toBe(true);
});

test('nothing seen is told with the size that is found with 80 % power', () => {
  // differences 0.02, -0.02, 0.012: mean 0.004, sd 0.021166, se 0.012220; detectable 5.65349 x se = 0.06909 (noncentral
  // t)
  const { sentence, reading } = headline(
    buildReport(input({ trials: twoArms([0.6, 0.62, 0.64], [0.62, 0.6, 0.652]) })),
  );
  expect(reading).toBe('not-distinguishable');
  expect(sentence).toBe(
    'Exploratory: PMP (4,096 pairs) against no pretraining on lookup at 256 samples: ' +
      '+0.4 points [\u22124.9, +5.7], not distinguishable from noise (n = 3 seeds; ' +
      'found with 80 % power, as one of 1 test: 6.9 points or more).',
  );
});

test('what is found with 80 % power must stand clear of the test pairs, too', () => {
  const one = headline(buildReport(input({ trials: twoArms([0.6, 0.62, 0.64], [0.62, 0.6, 0.652]) })));
  const within = (half: number): Interval => ({ low: -half, high: half, level: 0.95, method: 'over test pairs', n: 3 });
  const overSeeds = detectableDifference(one) ?? 0;
  expect(detectableDifference({ ...one, itemInterval: within(0.01) })).toBe(overSeeds);
  // 1.95996 standard errors are half the interval, and 80 % power needs 0.84162 more.
  const wide = detectableDifference({ ...one, itemInterval: within(0.1) }) ?? 0;
  expect(wide).toBeCloseTo(0.1 * (2.80158 / 1.95996), 5);
  expect(wide).toBeGreaterThan(overSeeds);
});

test.each([
  [0.06, 'better'],
  [0, 'not-distinguishable'],
  [-0.06, 'worse'],
] as const)('168 trials with a true effect of %d read as %s', (effect, reading) => {
  const { trials, pairOutcomes } = sweep({ effect, noise: 0.01, withOutcomes: true });
  expect(trials).toHaveLength(168);
  const report = buildReport(input({ trials, pairOutcomes, ...claiming() }));
  expect(headline(report).reading).toBe(reading);
  expect(report.statements.map((statement) => statement.text)).toContain(headline(report).sentence);
});

test('under no effect, few of many comparisons are called beyond noise', () => {
  let claims = 0;
  let comparisons = 0;
  for (let run = 0; run < 8; run++) {
    const { trials } = sweep({ effect: 0, noise: 0.012, seeds: [3 * run, 3 * run + 1, 3 * run + 2] });
    const report = buildReport(input({ trials }));
    comparisons += report.comparisons.length;
    claims += report.comparisons.filter(({ reading }) => reading === 'better' || reading === 'worse').length;
  }
  expect(comparisons).toBeGreaterThan(300);
  // Three families of 5 % each in 8 reports: 1.2 false families are expected.
  expect(claims).toBeLessThanOrEqual(4);
});

test('pairs are made by seed: a seed without its partner is in no difference, and the caption says so', () => {
  const trials = lose(twoArms([0.6, 0.62, 0.64], [0.66, 0.67, 0.71]), [[1, 'diverged']]);
  const report = buildReport(input({ trials }));
  expect(headline(report).differences.map(({ seed }) => seed)).toEqual([0, 2]);
  expect(report.figures.find((figure) => figure.name === 'treatment-effect')?.caption).toContain(
    '4 of 6 trials used; 1 diverged; 1 without a partner of the same seed',
  );
});

test('two seeds give an interval but no claim; one seed gives neither', () => {
  expect(headline(buildReport(input({ trials: twoArms([0.6, 0.62], [0.7, 0.7201]) })))).toMatchObject({
    reading: 'no-claim',
    sentence: expect.stringContaining('from two seeds: no claim'),
  });
  const one = buildReport(input({ trials: twoArms([0.6], [0.7]) }));
  expect(headline(one)).toMatchObject({ reading: 'no-claim', statistics: { interval: null, p: null } });
  expect(headline(one).sentence).toContain('+10.0 points, from one seed: no interval, no claim.');
  expect(one.numbers.every((row) => row.table === 'baselines' || (row.low === null && row.high === null))).toBe(true);
  expect(one.tables[0]?.rows[0]?.[1]).toBe('60.0 (1)');
});

test('no shared seed: the comparison is missing, not zero', () => {
  const trials = lose(twoArms([0.6, 0.62], [0.7, 0.72]), [
    [0, 'failed'],
    [3, 'failed'],
  ]);
  expect(headline(buildReport(input({ trials })))).toMatchObject({
    reading: 'missing',
    statistics: null,
    sentence: expect.stringContaining('no seed is complete on both sides'),
  });
});

test('seeds that agree do not make a finding that the test pairs do not carry', () => {
  // 20 test pairs. PMP has 12 right, the arm without pretraining 10 or 11; the two are right on different pairs, so
  // another draw of pairs could turn the sign.
  const trials = twoArms([0.5, 0.5, 0.55], [0.6, 0.6001, 0.65]);
  const outcome = (trialId: string, isRight: (item: number) => boolean): PairOutcomes =>
    ungrouped(trialId, new Map(Array.from({ length: 20 }, (_, i) => [`p${i}`, isRight(i) ? 1 : 0])));
  const pairOutcomes = [0, 1, 2].flatMap((seed) => [
    outcome(`none-lookup-${seed}`, (i) => i < 10),
    outcome(`pmp-lookup-${seed}`, (i) => i >= 8),
  ]);
  const comparison = headline(buildReport(input({ trials, pairOutcomes })));
  expect(comparison.adjustedP).toBeLessThan(0.05);
  expect(comparison.itemInterval?.low).toBeLessThan(0);
  expect(comparison.reading).toBe('not-distinguishable');
  expect(comparison.sentence).toContain('the seeds agree, but with the test pairs resampled too');
});

test('a tie in a pair outcome earns nothing, as in pairwise accuracy', () => {
  const trials = twoArms([0.5, 0.51, 0.52], [0.5, 0.51, 0.52]);
  const outcomes = (value: number) => new Map(Array.from({ length: 50 }, (_, i) => [`p${i}`, i < 25 ? 1 : value]));
  const pairOutcomes = trials.map(({ trialId, arm }) => ungrouped(trialId, outcomes(arm === 'pmp' ? 0.5 : 0)));
  expect(headline(buildReport(input({ trials, pairOutcomes }))).itemInterval).toBeNull();
});

test('Holm: the same difference that is a finding alone is none among many', () => {
  // differences 0.06, 0.02, 0.04: mean 0.04, sd 0.02, t = 3.4641, p = 0.0742; differences 0.05, 0.04, 0.06: t = 8.66, p
  // = 0.0131
  const finding = twoArms([0.6, 0.62, 0.64], [0.65, 0.66, 0.7]);
  expect(headline(buildReport(input({ trials: finding }))).reading).toBe('better');
  const others = ['a', 'b', 'c', 'd'].flatMap((task) => twoArms([0.6, 0.62, 0.64], [0.61, 0.6, 0.652], { task }));
  const among = headline(buildReport(input({ trials: [...finding, ...others] })));
  expect(among.adjustedP).toBeCloseTo(5 * 0.0131, 3);
  expect(among.sentence).toContain('its own interval leaves out 0, but among 5 tests that is expected now and then');
});

test('sample sizes and models of one seed are averaged, never counted as independent', () => {
  const report = buildReport(input({ trials: sweep({ models: ['tiny'] }).trials }));
  expect(headline(report).statistics?.n).toBe(3);
  expect(buildReport(input({ trials: sweep().trials })).comparisons[0]?.statistics?.n).toBe(3);
});

test('an LM-only arm is compared at the budget of PMP', () => {
  const report = buildReport(input({ trials: sweep().trials }));
  expect(headline(report, 'lm-equal-tokens')).toMatchObject({
    treatment: { pretrainPairs: 12288 },
    reference: { arm: { id: 'lm-equal-tokens' }, pretrainPairs: 12288 },
  });
});

test('the fixture counts its pairs as the metric does', () => {
  const { trials, pairOutcomes } = sweep({ withOutcomes: true, samples: [128], models: ['tiny'], seeds: [0] });
  const right = [...(pairOutcomes[3]?.correct.values() ?? [])].filter((value) => value === 1).length;
  expect(right / testPairs).toBe(trials[3]?.metrics['eval/pairwise_accuracy']);
});

test('an LM-only arm of another budget is not taken where the equal one is there, whatever their order', () => {
  const { trials } = sweep({ models: ['tiny'], samples: [128] });
  const larger = trials
    .filter(({ arm }) => arm === 'lm-equal-tokens')
    .flatMap((trial) =>
      [24576, 3072].map((pretrainPairs) => ({ ...trial, trialId: `${trial.trialId}-${pretrainPairs}`, pretrainPairs })),
    );
  for (const all of [
    [...trials, ...larger],
    [...larger, ...trials],
  ])
    expect(headline(buildReport(input({ trials: all })), 'lm-equal-tokens').reference.pretrainPairs).toBe(12288);
});

test('a seed that lacks a model or a size is left out of what averages over them, and named', () => {
  const { trials } = sweep({ samples: [128, 512], budgets: [8192] });
  const index = trials.findIndex(({ arm, seed, samples }) => arm === 'pmp' && seed === 1 && samples === 512);
  const { comparisons } = buildReport(input({ trials: lose(trials, [[index, 'failed']]) }));
  const seedsAt = (scope: Comparison['scope'], samples: number | null) =>
    comparisons
      .filter((one) => one.scope === scope && one.samples === samples && one.reference.arm.id === 'none')
      .map(({ differences }) => differences.map(({ seed }) => seed));
  expect(seedsAt('overall', null)).toEqual([[0, 2]]);
  expect(seedsAt('samples', 128)).toEqual([[0, 1, 2]]);
  expect(seedsAt('samples', 512)).toEqual([[0, 2]]);
  expect(comparisons[0]?.incomplete).toEqual([1]);
  expect(comparisons[0]?.sentence).toContain('seed 1 incomplete and left out');
});
