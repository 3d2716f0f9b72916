import { expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import {
  clusteredDifference,
  clusteredMean,
  clusteredShare,
  clusteredSignFlipTest,
  pairedComparison,
  signFlipTest,
  tInterval,
  wilsonInterval,
} from '../../harness/stats/index.ts';

const uniform = randomStream(0, 'clustered').uniform;
const each = (values: readonly number[]): string[] => values.map((_, i) => `g${i}`);

test('items that are groups of their own: the mean, its standard error and degrees of the textbook', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const { standardError, degrees, mean, groups } = clusteredMean(values, each(values));
  const comparison = pairedComparison(values);
  expect({ mean, groups }).toEqual({ mean: 31 / 8, groups: 8 });
  expect(standardError).toBeCloseTo(comparison.standardError as number, 12);
  expect(degrees).toBeCloseTo(7, 10);
});

test('groups of equal size: the t-interval of the group means', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6, 5];
  const groups = [...'aaabbbccc'];
  const zeros = values.map(() => 0);
  const { interval, p, n, groups: count } = clusteredDifference(values, zeros, groups, { uniform });
  const means = [8 / 3, 5, 13 / 3];
  expect(interval?.low).toBeCloseTo(tInterval(means)?.low as number, 10);
  expect(interval?.high).toBeCloseTo(tInterval(means)?.high as number, 10);
  expect(p).toBeCloseTo(pairedComparison(means).p as number, 10);
  expect({ n, count }).toEqual({ n: 9, count: 3 });
});

test('groups of sizes 1, 2 and 3 by hand: CR2 and its degrees of freedom', () => {
  // Values 1 | 2 4 | 3 3 5, mean 3: residual sums -2, 0, 2. CR2: (4 / (1 - 1/6) + 4 / (1 - 3/6)) / 36 = 12.8 / 36.
  const { standardError, degrees } = clusteredMean([1, 2, 4, 3, 3, 5], [...'abbccc']);
  expect(standardError).toBeCloseTo(Math.sqrt(12.8 / 36), 12);
  // w = 1.2, 6, 18: 36 / (14 + (25.2^2 - 361.44) / 36) = 36 / (14 + 7.6) = 1.6667
  expect(degrees).toBeCloseTo(36 / 21.6, 10);
});

test('the order of items does not matter, and groups need not be neighbours', () => {
  const [values, groups] = [[1, 0, 1, 1, 0, 0.5], [...'abcabc']];
  const order = [5, 0, 3, 1, 4, 2];
  const shuffled = clusteredShare(
    order.map((i) => values[i] as number),
    order.map((i) => groups[i] as string),
  );
  const plain = clusteredShare(values, groups);
  expect(shuffled.effectiveN).toBeCloseTo(plain.effectiveN, 12);
  expect(shuffled.interval?.low).toBeCloseTo(plain.interval?.low as number, 12);
});

test("a share of independent items is Wilson's, half credits or not", () => {
  for (const values of [
    [1, 1, 0, 1, 0, 1],
    [1, 0.5, 0, 0.5, 1, 1],
  ]) {
    const { share, interval, effectiveN } = clusteredShare(values, each(values));
    expect(effectiveN).toBe(6);
    expect(interval).toMatchObject({ low: wilsonInterval(share, 6)?.low, high: wilsonInterval(share, 6)?.high });
  }
});

test('half credits that agree within groups widen the interval as right and wrong ones do', () => {
  // 20 groups of 4 with group values 0, 1/2, 1: variance of a group value 1/6 of 1/4, and groups count once.
  const of = (copies: number) => {
    const groups = Array.from({ length: 20 * copies }, (_, i) => `g${i % 20}`);
    return clusteredShare(
      groups.map((group) => [0, 0.5, 1, 1][Number(group.slice(1)) % 4] as number),
      groups,
    );
  };
  const width = ({ interval }: ReturnType<typeof of>): number => (interval?.high ?? 0) - (interval?.low ?? 0);
  expect(width(of(4))).toBeCloseTo(width(of(8)), 10);
  expect(of(4).effectiveN).toBeLessThan(41);
});

test('twins of which exactly one is right tell no more than independent items: the design effect is at least 1', () => {
  const groups = Array.from({ length: 40 }, (_, i) => `g${i % 20}`);
  const { effectiveN, interval } = clusteredShare(
    groups.map((_, i) => Number(i < 20)),
    groups,
  );
  expect(effectiveN).toBe(40);
  expect(interval?.low).toBeLessThanOrEqual(wilsonInterval(0.5, 40)?.low as number);
});

test('items that all agree: groups count, not items, and the interval is not empty', () => {
  const groups = Array.from({ length: 60 }, (_, i) => `g${i % 12}`);
  const { effectiveN, interval, share } = clusteredShare(
    groups.map(() => 1),
    groups,
  );
  expect({ share, effectiveN }).toEqual({ share: 1, effectiveN: 12 });
  expect(interval?.high).toBe(1);
  expect(interval?.low).toBeLessThan(wilsonInterval(1, 12)?.low as number);
});

test('one group has neither interval nor p', () => {
  expect(clusteredShare([1, 0, 1], ['a', 'a', 'a'])).toMatchObject({ interval: null, n: 3, effectiveN: 1 });
  expect(clusteredDifference([1, 0], [0, 0], ['a', 'a'], { uniform })).toMatchObject({ interval: null, p: null });
});

test('sign flips turn whole groups, not items', () => {
  // Six items all in favour, in two groups: 2 of 4 patterns reach the sum, where six free signs would give 2 / 64.
  const differences = [1, 1, 1, 1, 1, 1];
  expect(clusteredSignFlipTest(differences, [...'aaabbb'], uniform)).toBe(0.5);
  expect(signFlipTest(differences)).toBe(2 / 64);
  expect(clusteredSignFlipTest([1, -1, 2, -2], [...'aabb'], uniform)).toBe(1);
});

test('groups without a difference say nothing: sign flips of many groups stay exact', () => {
  const differences = [1, 1, 1, ...Array.from({ length: 40 }, () => 0)];
  expect(clusteredSignFlipTest(differences, each(differences), uniform)).toBe(0.25);
});

test('sides and groups of other lengths are refused', () => {
  expect(() => clusteredDifference([1, 0], [1], ['a', 'b'], { uniform })).toThrow(RangeError);
  expect(() => clusteredShare([1, 0], ['a'])).toThrow(RangeError);
  expect(() => clusteredShare([], [])).toThrow(RangeError);
});

test('520 pairs of 159 questions of the shape of GSM8K: 54.8 % [48.9, 60.6], not [50.5, 59.0]', () => {
  // Pairs a question, right ones of them, how many such questions. The design effect is that of "longest" there.
  const questions = [
    [4, 4, 13],
    [4, 2, 21],
    [4, 0, 9],
    [3, 3, 37],
    [3, 2, 27],
    [3, 1, 26],
    [3, 0, 26],
  ] as const;
  const rows = questions
    .flatMap(([pairs, right, times]) => Array.from({ length: times }, () => ({ pairs, right })))
    .flatMap(({ pairs, right }, q) =>
      Array.from({ length: pairs }, (_, i) => ({ q: `q${q}`, value: Number(i < right) })),
    );
  const values = rows.map(({ value }) => value);
  const { share, interval, n, effectiveN } = clusteredShare(
    values,
    rows.map(({ q }) => q),
  );
  const percent = (x: number | undefined): string => (100 * (x ?? Number.NaN)).toFixed(1);
  expect([n, interval?.n, percent(share), percent(interval?.low), percent(interval?.high)]).toEqual([
    520,
    159,
    '54.8',
    '48.9',
    '60.6',
  ]);
  expect(n / effectiveN).toBeCloseTo(1.87, 2);
  expect(percent(wilsonInterval(share, n)?.low)).toBe('50.5');
});

test('under no difference the clustered t-test and sign flips keep the level; a test of free items does not', () => {
  const random = randomStream(2, 'null');
  const repeats = 400;
  const rejected = { t: 0, flips: 0, free: 0 };
  for (let r = 0; r < repeats; r++) {
    const items = Array.from({ length: 10 }, (_, g) => {
      const lean = 0.3 * (2 * random.uniform() - 1);
      return Array.from({ length: 1 + (g % 5) * 2 }, () => ({ g: `g${g}`, lean }));
    }).flat();
    const side = (sign: number): number[] => items.map(({ lean }) => Number(random.uniform() < 0.5 + sign * lean));
    const [first, second] = [side(1), side(-1)];
    const groups = items.map(({ g }) => g);
    const { p, signFlipP } = clusteredDifference(first, second, groups, { uniform: random.uniform });
    const differences = first.map((value, i) => value - (second[i] as number));
    const { mean, standardError } = clusteredMean(differences, each(differences));
    rejected.t += Number(p !== null && p < 0.05);
    rejected.flips += Number(signFlipP < 0.05);
    rejected.free += Number(Math.abs(mean) > 2.01 * (standardError as number));
  }
  // 5 % and four standard errors of 400 draws: 37.
  expect(rejected.t).toBeLessThanOrEqual(37);
  expect(rejected.flips).toBeLessThanOrEqual(37);
  expect(rejected.free).toBeGreaterThan(50);
});
