import { expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import { chiSquareCdf, chiSquareQuantile, deviationInterval, normalCdf } from '../../harness/stats/index.ts';

// Published critical values (NIST/SEMATECH e-Handbook, table 1.3.6.7.4, three decimals).
test.each([
  [0.025, 3, 0.216],
  [0.975, 3, 9.348],
  [0.95, 1, 3.841],
  [0.01, 10, 2.558],
  [0.999, 24, 51.179],
  [0.05, 60, 43.188],
  [0.975, 100, 129.561],
])('chi-square quantile of the published table: p = %d, %d degrees of freedom', (p, degrees, expected) => {
  expect(Math.abs(chiSquareQuantile(p, degrees) - expected)).toBeLessThan(5.1e-4);
});

test('two degrees are exponential, four its sum, and one a squared normal, on both sides of the mean', () => {
  for (const x of [1e-6, 0.3, 1, 2.9, 3.1, 8, 40]) {
    expect(chiSquareCdf(x, 2)).toBeCloseTo(1 - Math.exp(-x / 2), 14);
    expect(chiSquareCdf(x, 4)).toBeCloseTo(1 - (1 + x / 2) * Math.exp(-x / 2), 14);
    expect(chiSquareCdf(x, 1)).toBeCloseTo(2 * normalCdf(Math.sqrt(x)) - 1, 13);
  }
  for (const degrees of [1, 3, 7.5, 40, 5000])
    for (const p of [1e-6, 0.025, 0.5, 0.975, 0.9999])
      expect(chiSquareCdf(chiSquareQuantile(p, degrees), degrees)).toBeCloseTo(p, 11);
});

test('the interval of a standard deviation, by hand', () => {
  // 1, 2, 3, 4: sd = sqrt(5 / 3); ends sqrt(5 / 9.348404) and sqrt(5 / 0.215795).
  expect(deviationInterval([1, 2, 3, 4], { unit: 'seeds' })).toEqual({
    low: expect.closeTo(Math.sqrt(5 / 9.348404), 6) as number,
    high: expect.closeTo(Math.sqrt(5 / 0.215795), 4) as number,
    level: 0.95,
    method: 'chi-square over seeds',
    n: 4,
  });
  expect(deviationInterval([7])).toBeNull();
  expect(deviationInterval([7, 7, 7])).toBeNull();
});

test('it holds the true deviation as often as it says', () => {
  const random = randomStream(1, 'deviation');
  const repeats = 20_000;
  let held = 0;
  for (let r = 0; r < repeats; r++) {
    const interval = deviationInterval([0, 1, 2, 3].map(() => 5 + 2 * random.normal()));
    if (interval !== null && interval.low <= 2 && interval.high >= 2) held += 1;
  }
  // Four standard errors of 20,000 draws.
  expect(Math.abs(held / repeats - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / repeats));
});

test('what has no distribution is refused', () => {
  expect(() => chiSquareCdf(-1, 3)).toThrow(RangeError);
  expect(() => chiSquareCdf(1, 0)).toThrow(RangeError);
  expect(() => chiSquareQuantile(1, 3)).toThrow(RangeError);
});
