import { expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import {
  noncentralTCdf,
  pairedComparison,
  power,
  smallestEffect,
  tCdf,
  unitsNeeded,
} from '../../harness/stats/index.ts';

// The defining integral over the scale, by mpmath (tanh-sinh, 25 digits).
test.each([
  [3, 10, 2, 0.779171998970209],
  [4.302652729911275, 2, 3, 0.612610649819822],
  [12.706, 1, 15, 0.239233313316472],
  [2546.4790894703256, 1, 3263, 0.200061277099304],
  [-1, 3, 1.5, 0.0115260323876852],
  [0.5, 7.5, -2, 0.993137767227546],
  [0, 3, 1.2, 0.115069670221708],
  [2, 500, 2.8, 0.21202814936223],
  [1.96, 20000, 2.8, 0.200458632391029],
  [8.61, 4, 12.3, 0.0952372396400126],
])('noncentral t: P(T <= %d), %d degrees of freedom, shift %d', (t, degrees, shift, expected) => {
  expect(noncentralTCdf(t, degrees, shift)).toBeCloseTo(expected, 11);
});

test("without a shift the noncentral t is Student's t", () => {
  for (const degrees of [1, 2, 9, 300])
    for (const t of [-3, -0.2, 0, 1, 40]) expect(noncentralTCdf(t, degrees, 0)).toBeCloseTo(tCdf(t, degrees), 11);
});

test('the published example of R: 20 a group, a difference of one standard deviation, power 0.8689528', () => {
  // power.t.test(n = 20, delta = 1, sd = 1): 38 degrees of freedom, shift sqrt(10), one tail of the two-sided 5 % test.
  expect(1 - noncentralTCdf(2.0243941639119702, 38, Math.sqrt(10))).toBeCloseTo(0.8689528, 7);
});

test('power at no effect is the level itself, and grows with the size of the effect, whatever its sign', () => {
  const design = { standardError: 0.01, n: 4, alpha: 0.03 };
  expect(power(0, design)).toBeCloseTo(0.03, 11);
  expect(power(0.02, design)).toBeGreaterThan(power(0.01, design));
  expect(power(-0.02, design)).toBeCloseTo(power(0.02, design), 11);
});

test('power is what a simulated paired t-test of three seeds does', () => {
  const random = randomStream(1, 'power');
  const [repeats, effect, sd] = [20_000, 1.5, 1];
  let rejected = 0;
  for (let r = 0; r < repeats; r++) {
    const differences = [0, 1, 2].map(() => effect + sd * random.normal());
    // t_0.975(2) = 4.30265
    const mean = differences.reduce((a, b) => a + b) / 3;
    const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 2;
    if (Math.abs(mean) > 4.3026527299 * Math.sqrt(variance / 3)) rejected += 1;
  }
  const exact = power(effect, { standardError: sd / Math.sqrt(3), n: 3, alpha: 0.05 });
  // Four standard errors of 20,000 draws.
  expect(Math.abs(rejected / repeats - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / repeats));
});

test.each([2, 3, 6, 20])('the smallest effect of %d units is found with exactly the power asked for', (n) => {
  for (const alpha of [0.05, 0.05 / 24]) {
    const design = { standardError: 0.004, n, alpha };
    const effect = smallestEffect({ ...design, power: 0.8 });
    expect(power(effect, design)).toBeCloseTo(0.8, 9);
    expect(power(0.99 * effect, design)).toBeLessThan(0.8);
  }
});

test('two seeds by the closed form: with one degree of freedom the scale is half-normal', () => {
  // Far out P(|T| > t) = P(|S| < shift / t) = 0.8 at shift = 1.2815515655446004 t; t_(1 - 1e-5 / 2)(1) = 63661.97722.
  const effect = smallestEffect({ power: 0.8, alpha: 1e-5, n: 2, standardError: 1 });
  expect(effect / 63661.97722).toBeCloseTo(1.28155156554, 7);
});

test('a correction for many tests needs a larger effect; the usual sum of two t quantiles is not exact', () => {
  const { standardError } = pairedComparison([1, 2, 3]);
  const detectable = smallestEffect({ power: 0.8, alpha: 0.05, n: 3, standardError: standardError as number });
  expect(standardError).toBeCloseTo(1 / Math.sqrt(3), 14);
  // The sum of quantiles says (4.30265 + 1.06066) = 5.363 standard errors; mpmath solves the exact one.
  expect(detectable / (standardError as number)).toBeCloseTo(5.653489266395664, 8);
  const corrected = smallestEffect({ power: 0.8, alpha: 0.05 / 6, n: 3, standardError: standardError as number });
  expect(corrected).toBeGreaterThan(2 * detectable);
});

test('the units needed are those of published tables, and one less is too few', () => {
  const plan = { deviation: 1, alpha: 0.05, power: 0.8, least: 2, most: 10_000 };
  // G*Power, difference between two dependent means, d_z = 0.5 and 0.2 and 0.8: 34, 199 and 15 pairs.
  expect([0.5, 0.2, 0.8].map((effect) => unitsNeeded(effect, plan))).toEqual([34, 199, 15]);
  // One-sided at 5 %: 27 pairs.
  expect(unitsNeeded(0.5, { ...plan, alpha: 0.1 })).toBe(27);
  for (const n of [33, 34])
    expect(power(0.5, { standardError: 1 / Math.sqrt(n), n, alpha: 0.05 }) >= 0.8).toBe(n === 34);
});

test('units are never fewer than the least, and too many are said to be', () => {
  const plan = { deviation: 1, alpha: 0.05, power: 0.8, least: 3, most: 100 };
  expect(unitsNeeded(50, plan)).toBe(3);
  expect(unitsNeeded(0.01, plan)).toBeNull();
});

test('designs that have no power are refused', () => {
  const design = { standardError: 0.01, n: 3, alpha: 0.05 };
  expect(() => power(0.1, { ...design, n: 1 })).toThrow(/an integer n >= 2/);
  expect(() => power(0.1, { ...design, standardError: 0 })).toThrow(RangeError);
  expect(() => power(0.1, { ...design, alpha: 0 })).toThrow(RangeError);
  expect(() => smallestEffect({ ...design, power: 0.04 })).toThrow(RangeError);
  expect(() => smallestEffect({ ...design, power: 1 })).toThrow(RangeError);
  expect(() => noncentralTCdf(1, 0.5, 1)).toThrow(RangeError);
});
