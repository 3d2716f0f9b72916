import { expect, test } from 'vitest';
import { mean, median, standardDeviation, tInterval, wilsonInterval } from '../../harness/stats/index.ts';

test('t-interval of three seeds by hand', () => {
  // mean 0.62, squares 0.0004 + 0 + 0.0004, sd = sqrt(0.0008 / 2) = 0.02, half = 4.30265 x 0.02 / sqrt(3) = 0.049683
  const interval = tInterval([0.6, 0.62, 0.64], { unit: 'seeds' });
  expect(interval?.low).toBeCloseTo(0.62 - 0.049683, 5);
  expect(interval?.high).toBeCloseTo(0.62 + 0.049683, 5);
  expect(interval).toMatchObject({ n: 3, level: 0.95, method: 't over seeds' });
});

test('the median is the middle value, or the mean of the two middle ones, in any order', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

test('one value, and equal values, have no interval rather than one of width zero', () => {
  expect(tInterval([0.7])).toBeNull();
  expect(tInterval([0.7, 0.7, 0.7])).toBeNull();
  expect(standardDeviation([0.7])).toBeNull();
});

// Newcombe, Statist. Med. 17 (1998), table I, method 3 (Wilson without continuity correction).
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('Wilson interval of the published examples: %d of %d', (successes, n, low, high) => {
  const interval = wilsonInterval(successes / n, n);
  expect(interval?.low).toBeCloseTo(low, 4);
  expect(interval?.high).toBeCloseTo(high, 4);
});

test('missing and infinite values are refused, never averaged', () => {
  expect(() => mean([])).toThrow(RangeError);
  expect(() => mean([1, Number.NaN])).toThrow(/not finite/);
  expect(() => tInterval([1, Number.POSITIVE_INFINITY])).toThrow(RangeError);
  expect(() => wilsonInterval(1.2, 10)).toThrow(RangeError);
});
