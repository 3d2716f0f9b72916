import { describe, expect, it } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import {
  bootstrapInterval,
  clusteredDifference,
  clusteredShare,
  crossedBootstrapInterval,
  mean,
  normalQuantile,
  power,
  quantile,
  regularizedIncompleteBeta,
  smallestEffect,
  spearman,
  studentDraws,
  tCdf,
  tQuantile,
  wilsonInterval,
} from '../../harness/stats/index.ts';

const { uniform } = randomStream(0, 'refusals');
const named = (what: string) => new RegExp(what, 'u');

describe('arguments that have no answer are refused by name', () => {
  it.each([
    [0.5, 0, 1],
    [0.5, -1, 1],
    [0.5, 1, 0],
    [0.5, 1, -2],
    [-0.1, 1, 1],
    [1.1, 1, 1],
    [Number.NaN, 1, 1],
  ])('incomplete beta at x %d of a %d, b %d', (x, a, b) => {
    expect(() => regularizedIncompleteBeta(x, a, b)).toThrow(named('regularizedIncompleteBeta: .*found x='));
  });

  it('but the incomplete beta has both its ends, exactly', () => {
    expect(regularizedIncompleteBeta(0, 2, 3)).toBe(0);
    expect(regularizedIncompleteBeta(1, 2, 3)).toBe(1);
  });

  it.each([0, -1, Number.NaN])('Student at %d degrees of freedom', (degrees) => {
    expect(() => tCdf(0.3, degrees)).toThrow(named('degrees of freedom must be positive'));
  });

  it.each([0, 1, -0.2, 1.2, Number.NaN])('normal and Student quantiles at %d', (p) => {
    expect(() => normalQuantile(p)).toThrow(named('0 < p < 1 needed'));
    expect(() => tQuantile(p, 3)).toThrow(named('0 < p < 1 needed'));
  });

  it.each([-0.01, 1.01, Number.NaN])('an order statistic at %d', (p) => {
    expect(() => quantile([1, 2, 3], p)).toThrow(named('0 <= p <= 1 needed'));
  });

  it.each([
    { standardError: 0, n: 5, alpha: 0.05 },
    { standardError: -1, n: 5, alpha: 0.05 },
    { standardError: 1, n: 4.5, alpha: 0.05 },
    { standardError: 1, n: 1, alpha: 0.05 },
    { standardError: 1, n: 5, alpha: 0 },
    { standardError: 1, n: 5, alpha: -0.1 },
    { standardError: 1, n: 5, alpha: 1 },
    { standardError: 1, n: 5, alpha: 1.5 },
  ])('the power of $standardError, $n, $alpha', (design) => {
    expect(() => power(1, design)).toThrow(named('power: standardError > 0'));
    expect(() => smallestEffect({ ...design, power: 0.8 })).toThrow(named('power: standardError > 0'));
  });

  it.each([0.05, 0.01, 1, 2])('an effect that is found with probability %d at alpha 0.05', (wanted) => {
    const design = { standardError: 1, n: 5, alpha: 0.05 };
    expect(() => smallestEffect({ ...design, power: wanted })).toThrow(named('a power between alpha and 1'));
  });

  it.each([
    [-0.1, 10],
    [1.1, 10],
    [0.5, 2.5],
    [0.5, -1],
  ])('Wilson at %d of %d', (proportion, n) => {
    expect(() => wilsonInterval(proportion, n)).toThrow(named('a proportion in \\[0, 1\\]'));
  });

  it('lists of unequal length', () => {
    expect(() => spearman([1, 2], [1, 2, 3])).toThrow(named('lengths differ, 2 and 3'));
    expect(() => clusteredDifference([1, 0], [1], ['a', 'b'], { uniform })).toThrow(named('2 items on one side, 1'));
    const draws = [Float64Array.of(1, 2, 3), Float64Array.of(1, 2)];
    expect(() => crossedBootstrapInterval(draws, { uniform })).toThrow(named('the same draws of items'));
    expect(() => studentDraws([[1, 2]], { normal: () => 0 })).toThrow(named('at least two units needed, found 1'));
  });
});

describe('too little to say anything has no interval', () => {
  it('one item, by Wilson; two have one', () => {
    expect(wilsonInterval(1, 0)).toBeNull();
    expect(wilsonInterval(1, 1)).toBeNull();
    expect(wilsonInterval(0.5, 2)).not.toBeNull();
  });

  it('one point or a constant side, by Spearman; two points have a correlation', () => {
    expect(spearman([1], [2])).toBeNull();
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([1, 2, 3], [4, 4, 4])).toBeNull();
    expect(spearman([1, 2], [9, 3])).toBe(-1);
  });

  it('one group of many items; two groups have one', () => {
    const oneGroup = clusteredShare([1, 0, 1, 0], ['a', 'a', 'a', 'a']);
    expect(oneGroup).toMatchObject({ share: 0.5, n: 4, interval: null });
    expect(clusteredDifference([1, 0, 1], [0, 0, 0], ['a', 'a', 'a'], { uniform })).toMatchObject({
      interval: null,
      p: null,
      groups: 1,
    });
    expect(clusteredShare([1, 0, 1, 0], ['a', 'a', 'b', 'b']).interval).not.toBeNull();
  });

  it('differences that are all alike: a width of 0 would claim certainty', () => {
    const same = clusteredDifference([1, 1, 1], [0, 0, 0], ['a', 'b', 'c'], { uniform });
    expect(same).toMatchObject({ meanDifference: 1, interval: null, p: null });
  });

  it('one value or one draw, by the bootstrap', () => {
    expect(bootstrapInterval([3], mean, { uniform })).toBeNull();
    expect(bootstrapInterval([3, 4], mean, { uniform })).not.toBeNull();
    expect(bootstrapInterval([3, 3, 3], mean, { uniform })).toBeNull();
    expect(crossedBootstrapInterval([Float64Array.of(1, 2)], { uniform })).toBeNull();
    expect(crossedBootstrapInterval([Float64Array.of(1), Float64Array.of(2)], { uniform })).toBeNull();
    expect(crossedBootstrapInterval([Float64Array.of(1, 5), Float64Array.of(2, 6)], { uniform })).not.toBeNull();
  });
});

describe('resamples without a value', () => {
  const values = [1, 2, 3, 4];
  /** A value for every draw but one in so many. */
  const failing = (every: number, failure: number | null) => {
    let draws = 0;
    return (sample: readonly number[]): number | null => {
      draws += 1;
      return draws % every === 0 ? failure : mean(sample);
    };
  };

  it.each([null, Number.NaN, Infinity])('are left out and counted (%s)', (failure) => {
    const interval = bootstrapInterval(values, failing(4, failure), { uniform, resamples: 100 });
    expect(interval?.method).toBe('percentile bootstrap over values, 100 resamples, 25 without a value');
    expect(interval?.low).toBeGreaterThanOrEqual(1);
    expect(interval?.high).toBeLessThanOrEqual(4);
  });

  it('are not spoken of where there are none', () => {
    expect(bootstrapInterval(values, mean, { uniform, resamples: 100 })?.method).toBe(
      'percentile bootstrap over values, 100 resamples',
    );
  });

  it('leave no interval where fewer than half remain', () => {
    expect(bootstrapInterval(values, failing(2, null), { uniform, resamples: 100 })).not.toBeNull();
    const mostlyFailing = (sample: readonly number[]): number | null => (uniform() < 0.8 ? null : mean(sample));
    expect(bootstrapInterval(values, mostlyFailing, { uniform, resamples: 100 })).toBeNull();
  });
});
