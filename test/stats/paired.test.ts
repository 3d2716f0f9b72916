import { expect, test } from 'vitest';
import { holm, pairedComparison, signFlipTest } from '../../harness/stats/index.ts';
import { randomStream } from '../../harness/random/index.ts';

// Darwin's maize, heights in eighths of an inch: Fisher (The Design of Experiments, 1935) counted 1,726 of 32,768 sign
// patterns.
const maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

test('sign-flip test gives the count that Fisher published', () => {
  expect(signFlipTest(maize)).toBe(1726 / 32768);
});

test('paired t of the same data: t = 2.148, 14 degrees of freedom, p = 0.0497, interval 0.03 to 41.84', () => {
  const comparison = pairedComparison(maize);
  expect(comparison.p).toBeCloseTo(0.0497, 4);
  expect(comparison.meanDifference).toBeCloseTo(314 / 15, 10);
  expect(comparison.interval?.low).toBeCloseTo(0.03, 1);
  expect(comparison.interval?.high).toBeCloseTo(41.84, 1);
});

test('three seeds can never go below 2 / 2^3 by sign flips, whatever the size of the effect', () => {
  expect(signFlipTest([0.3, 0.31, 0.29])).toBe(0.25);
  expect(signFlipTest([-0.3, -0.31, -0.29])).toBe(0.25);
});

test('equal decimal differences count as ties in spite of rounding', () => {
  // |sum| = 0.3 for ++ +, --- only: 2 of 8; with 0.1 + 0.2 = 0.30000000000000004 the order of adding must not matter.
  expect(signFlipTest([0.1, 0.2, 0.3])).toBe(0.25);
  expect(signFlipTest([0.3, -0.1, -0.2])).toBe(1);
});

test('many differences need a generator, and then agree with the t-test on well-behaved data', () => {
  const random = randomStream(1, 'test');
  const differences = Array.from({ length: 40 }, () => random.normal() - 0.2);
  expect(() => signFlipTest(differences)).toThrow(RangeError);
  const { p } = pairedComparison(differences);
  expect(p).toBeGreaterThan(0.1);
  expect(p).toBeLessThan(0.9);
  expect(Math.abs(signFlipTest(differences, () => random.uniform()) - (p as number))).toBeLessThan(0.02);
});

test('twenty differences are counted exactly, twenty-one are drawn: no pattern reaches the observed one', () => {
  expect(signFlipTest(Array.from({ length: 20 }, () => 0.1))).toBe(2 / 2 ** 20);
  const { uniform } = randomStream(2, 'flips');
  expect(
    signFlipTest(
      Array.from({ length: 21 }, () => 0.1),
      uniform,
    ),
  ).toBe(1 / 20_001);
  expect(
    signFlipTest(
      Array.from({ length: 21 }, () => 0),
      uniform,
    ),
  ).toBe(1);
});

test('one seed: a difference, but no interval, no p, no standard error', () => {
  expect(pairedComparison([0.04])).toEqual({
    n: 1,
    meanDifference: 0.04,
    interval: null,
    p: null,
    signFlipP: 1,
    standardError: null,
  });
});

test('Holm by hand: 0.005 x 4, 0.01 x 3, 0.03 x 2, then the running maximum', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
