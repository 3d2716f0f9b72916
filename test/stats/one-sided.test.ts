import { describe, expect, it } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import { centerOf, differenceOfCenters, intervalOf, pAbove, trimmedCenterOf } from '../../harness/stats/index.ts';

describe('a center', () => {
  it('is the mean with its standard error', () => {
    // Deviations -2, -1, 0, 1, 2: variance 10 / 4, standard error sqrt(2.5 / 5).
    const center = centerOf([1, 2, 3, 4, 5]);
    expect(center).toMatchObject({ n: 5, mean: 3, degrees: 4 });
    expect(center.standardError).toBeCloseTo(Math.SQRT1_2, 12);
  });

  it('has no standard error without spread', () => {
    expect(centerOf([0.3, 0.1 + 0.2, 0.3])).toMatchObject({ standardError: null, degrees: null });
    expect(centerOf([7]).standardError).toBeNull();
    expect(() => centerOf([])).toThrow(RangeError);
    expect(() => centerOf([1, Number.NaN])).toThrow(RangeError);
  });

  it('can leave out the lowest and highest fifth, winsorized for its standard error', () => {
    // Kept 3..8, mean 5.5; winsorized 3, 3, 3, 4, 5, 6, 7, 8, 8, 8: squares 6 x 6.25 + 2 x 2.25 + 2 x 0.25 = 42.5.
    const center = trimmedCenterOf([100, 2, 3, 4, 5, 6, 7, 8, 9, 1]);
    expect(center).toMatchObject({ n: 10, mean: 5.5, degrees: 5 });
    expect(center.standardError).toBeCloseTo(Math.sqrt(42.5 / (6 * 5)), 12);
  });

  it('trims nothing of four values, and is the plain center then', () => {
    const values = [0.5, 1, 4, 2];
    const [plain, trimmed] = [centerOf(values), trimmedCenterOf(values)];
    expect(trimmed).toMatchObject({ n: 4, mean: plain.mean, degrees: 3 });
    expect(trimmed.standardError).toBeCloseTo(plain.standardError ?? 0, 12);
  });
});

describe('one-sided tests', () => {
  it('have the p of the t distribution', () => {
    // One-sided 5 % of t with 4 degrees: 2.131847.
    const center = { n: 5, mean: 2.131847, standardError: 1, degrees: 4 };
    expect(pAbove(center, 0)).toBeCloseTo(0.05, 6);
    expect(pAbove({ ...center, mean: -2.131847 }, 0)).toBeCloseTo(0.95, 6);
    expect(pAbove(center, 2.131847)).toBeCloseTo(0.5, 12);
    expect(pAbove(centerOf([1, 1, 1]), 0)).toBeNull();
  });

  it('keep small probabilities', () => {
    const p = pAbove({ n: 16, mean: 40, standardError: 1, degrees: 15 }, 0) as number;
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(1e-15);
  });

  it('compare two lists by their own spreads (Welch)', () => {
    // Variances of the means 1 / 4 and 4 / 4: degrees (1.25)^2 / (0.0625 / 3 + 1 / 3) = 4.411765.
    const first = { n: 4, mean: 5, standardError: 0.5, degrees: 3 };
    const difference = differenceOfCenters(first, { n: 4, mean: 3, standardError: 1, degrees: 3 });
    expect(difference).toMatchObject({ n: 4, mean: 2 });
    expect(difference.standardError).toBeCloseTo(Math.sqrt(1.25), 12);
    expect(difference.degrees).toBeCloseTo(4.411765, 5);
    expect(differenceOfCenters(first, centerOf([3, 3])).standardError).toBeNull();
  });

  it('alarm as often as they say where nothing differs', () => {
    const { normal } = randomStream(3, 'one-sided');
    for (const center of [centerOf, trimmedCenterOf]) {
      const alarms = Array.from({ length: 4000 }, () => center(Array.from({ length: 12 }, normal))).filter(
        (found) => (pAbove(found, 0) as number) < 0.05,
      );
      // 200 expected, standard deviation 14.
      expect(alarms.length).toBeGreaterThan(150);
      expect(alarms.length).toBeLessThan(250);
    }
  });
});

it('the interval around a center is that of Student', () => {
  const interval = intervalOf({ n: 5, mean: 3, standardError: 1, degrees: 4 }, { unit: 'rounds' });
  expect(interval?.low).toBeCloseTo(3 - 2.776445, 5);
  expect(interval?.high).toBeCloseTo(3 + 2.776445, 5);
  expect(interval).toMatchObject({ level: 0.95, n: 5, method: 't over rounds' });
  expect(intervalOf(centerOf([2]))).toBeNull();
});
