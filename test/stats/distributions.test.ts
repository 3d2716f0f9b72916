import { expect, test } from 'vitest';
import { normalCdf, normalQuantile, regularizedIncompleteBeta, tCdf, tQuantile } from '../../harness/stats/index.ts';

// Published two-sided 95 % and 99 % points (NIST/SEMATECH e-Handbook, table 1.3.6.7.2, which gives three decimals;
// longer digits: R's qt).
test.each([
  [0.975, 1, 12.7062047],
  [0.975, 2, 4.3026527],
  [0.975, 4, 2.7764451],
  [0.975, 9, 2.2621572],
  [0.975, 30, 2.0422725],
  [0.995, 2, 9.9248432],
  [0.95, 5, 2.015],
  [0.975, 100, 1.984],
])('t quantile of the published table: p = %d, %d degrees of freedom', (p, degrees, expected) => {
  const digits = String(expected).split('.')[1]?.length ?? 0;
  expect(tQuantile(p, degrees)).toBeCloseTo(expected, digits - 1);
});

test('one degree of freedom is Cauchy, two have a closed form', () => {
  for (const p of [0.001, 0.2, 0.6, 0.975, 0.9999]) {
    const cauchy = Math.tan(Math.PI * (p - 0.5));
    expect(tQuantile(p, 1) / cauchy).toBeCloseTo(1, 10);
    const two = (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
    expect(tQuantile(p, 2) / two).toBeCloseTo(1, 10);
  }
});

test('quantile and CDF undo each other, and the CDF is symmetric', () => {
  for (const degrees of [1, 2, 3, 7.5, 40, 1000]) {
    for (const p of [1e-6, 0.01, 0.3, 0.8, 0.999]) expect(tCdf(tQuantile(p, degrees), degrees)).toBeCloseTo(p, 12);
    expect(tCdf(1.3, degrees) + tCdf(-1.3, degrees)).toBeCloseTo(1, 14);
  }
});

test('incomplete beta: I_x(a, 1) = x^a, I_x(1, b) = 1 - (1 - x)^b', () => {
  for (const x of [0.05, 0.5, 0.93]) {
    expect(regularizedIncompleteBeta(x, 3.5, 1)).toBeCloseTo(x ** 3.5, 13);
    expect(regularizedIncompleteBeta(x, 1, 40)).toBeCloseTo(1 - (1 - x) ** 40, 13);
  }
});

test('normal points of the tables', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
  expect(normalQuantile(0.8)).toBeCloseTo(0.8416212335729143, 12);
  expect(normalCdf(-1)).toBeCloseTo(0.15865525393145707, 14);
});

test('quantiles at or outside 0 and 1 are refused', () => {
  expect(() => tQuantile(1, 3)).toThrow(RangeError);
  expect(() => normalQuantile(Number.NaN)).toThrow(RangeError);
  expect(() => tCdf(1, 0)).toThrow(RangeError);
});
