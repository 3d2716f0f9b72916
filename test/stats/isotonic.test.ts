import { beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import { compareReach, isotonic, mean, quantile, reach, studentDraws, tInterval } from '../../harness/stats/index.ts';

/** The least-squares monotone fit by its max-min formula (Robertson, Wright & Dykstra 1988, 1.4.6). */
function byMaxMin(values: readonly number[], weights: readonly number[]): number[] {
  const average = (from: number, to: number): number => {
    let [sum, weight] = [0, 0];
    for (let i = from; i <= to; i++) {
      sum += (values[i] as number) * (weights[i] as number);
      weight += weights[i] as number;
    }
    return sum / weight;
  };
  const last = values.length - 1;
  return values.map((_, i) => {
    const starts = Array.from({ length: i + 1 }, (_start, from) => {
      return Math.min(...Array.from({ length: last - i + 1 }, (_end, k) => average(from, i + k)));
    });
    return Math.max(...starts);
  });
}

describe('isotonic regression', () => {
  test('by hand: neighbours that fall are pooled, in chains as well', () => {
    expect(isotonic([1, 3, 2, 4])).toEqual([1, 2.5, 2.5, 4]);
    expect(isotonic([4, 3, 2, 1])).toEqual([2.5, 2.5, 2.5, 2.5]);
    expect(isotonic([1, 2, 0], [1, 1, 2])).toEqual([0.75, 0.75, 0.75]);
    expect(isotonic([5])).toEqual([5]);
    expect(isotonic([])).toEqual([]);
  });

  test('equals the max-min formula on random values and weights', () => {
    const random = randomStream(1, 'isotonic');
    for (let r = 0; r < 200; r++) {
      const values = Array.from({ length: 1 + random.integer(8) }, () => random.integer(6));
      const weights = values.map(() => 1 + random.integer(4));
      const fitted = isotonic(values, weights);
      for (const [i, expected] of byMaxMin(values, weights).entries()) expect(fitted[i]).toBeCloseTo(expected, 12);
    }
  });

  test('weights that are missing or not positive are refused', () => {
    expect(() => isotonic([1, 2], [1])).toThrow(RangeError);
    expect(() => isotonic([1, 2], [1, 0])).toThrow(RangeError);
  });
});

describe('where a monotone curve reaches a value', () => {
  const [xs, ys] = [
    [128, 512, 2048],
    [0.55, 0.65, 0.65],
  ];

  test('is linear in log x between points: halfway between 128 and 512 lies 256', () => {
    expect(reach(xs, ys, 0.6).x).toBeCloseTo(256, 9);
    expect(reach(xs, ys, 0.6).bound).toBeNull();
  });

  test('on a plateau is its beginning', () => {
    expect(reach(xs, ys, 0.65).x).toBeCloseTo(512, 9);
  });

  test('is a bound at the first point and below, and beyond the last', () => {
    expect(reach(xs, ys, 0.55)).toEqual({ x: 128, bound: 'at-most' });
    expect(reach(xs, ys, 0.1)).toEqual({ x: 128, bound: 'at-most' });
    expect(reach(xs, ys, 0.66)).toEqual({ x: 2048, bound: 'more-than' });
  });

  test('sorts bounds outside of all numbers', () => {
    const [below, beyond] = [reach(xs, ys, 0.5), reach(xs, ys, 0.9)];
    const sorted = [beyond, { x: 9999, bound: null }, below, { x: 1, bound: null }, beyond].toSorted(compareReach);
    expect(sorted.map(({ bound }) => bound)).toEqual(['at-most', null, null, 'more-than', 'more-than']);
    expect(sorted[1]?.x).toBe(1);
  });
});

describe('Student draws', () => {
  const units = [
    [1, 10],
    [2, 14],
    [6, 12],
  ];
  let draws: readonly (readonly number[])[];
  beforeAll(() => {
    draws = studentDraws(units, { normal: randomStream(3, 'draws').normal, resamples: 20_000 });
  });
  const middle = (values: readonly number[]): readonly [number, number] => {
    const sorted = values.toSorted((a, b) => a - b);
    return [quantile(sorted, 0.025), quantile(sorted, 0.975)];
  };

  test.each([
    ['a column', 1, 0],
    ['a difference of columns', -1, 1],
  ])('of three units have the t-interval for percentiles: %s', (_, first, second) => {
    const combine = ([a, b]: readonly number[]): number => first * (a as number) + second * (b as number);
    const expected = tInterval(units.map(combine));
    const [low, high] = middle(draws.map(combine));
    const width = (expected?.high as number) - (expected?.low as number);
    expect(Math.abs(low - (expected?.low as number))).toBeLessThan(0.05 * width);
    expect(Math.abs(high - (expected?.high as number))).toBeLessThan(0.05 * width);
  });

  test('lie around the means, and need two units', () => {
    expect(
      quantile(
        draws.map(([a]) => a as number).toSorted((a, b) => a - b),
        0.5,
      ),
    ).toBeCloseTo(mean([1, 2, 6]), 1);
    expect(() => studentDraws([[1]], { normal: () => 0 })).toThrow(RangeError);
  });
});
