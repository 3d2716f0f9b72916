import { expect, test } from 'vitest';
import {
  bootstrapInterval,
  clusteredMean,
  crossedBootstrapInterval,
  drawGroupWeights,
  drawWeights,
  mean,
  quantile,
  resampledMeans,
  standardDeviation,
  tInterval,
} from '../../harness/stats/index.ts';
import { randomStream } from '../../harness/random/index.ts';

test('percentile bootstrap of a mean agrees with the t-interval on 200 normal values', () => {
  const random = randomStream(7, 'values');
  const values = Array.from({ length: 200 }, () => random.normal());
  const boot = bootstrapInterval(values, mean, { uniform: randomStream(7, 'boot').uniform });
  const reference = tInterval(values);
  expect(boot?.low).toBeCloseTo(reference?.low ?? Number.NaN, 1);
  expect((boot?.high ?? 0) - (boot?.low ?? 0)).toBeCloseTo((reference?.high ?? 0) - (reference?.low ?? 0), 1);
  expect(boot?.method).toContain('2000 resamples');
});

test('the same generator gives the same interval', () => {
  const once = () =>
    bootstrapInterval([1, 2, 4, 8], mean, { uniform: randomStream(3, 'boot').uniform, resamples: 100 });
  expect(once()).toEqual(once());
});

test('weights of one draw add up to the number of items', () => {
  for (const weights of drawWeights(50, 20, randomStream(0, 'weights').uniform))
    expect(weights.reduce((sum, w) => sum + w, 0)).toBe(50);
});

test('groups are drawn whole, as many as there are', () => {
  const groups = [...'abbcccab'];
  for (const weights of drawGroupWeights(groups, 50, randomStream(0, 'groups').uniform)) {
    const ofGroup = new Map(groups.map((group, i) => [group, weights[i]]));
    expect([...weights]).toEqual(groups.map((group) => ofGroup.get(group)));
    expect([...ofGroup.values()].reduce<number>((sum, weight) => sum + (weight ?? 0), 0)).toBe(3);
  }
});

test('where every item is a group of its own, drawing groups is drawing items', () => {
  const drawn = drawGroupWeights([...'abcde'], 5, randomStream(3, 'w').uniform);
  expect(drawn).toEqual(drawWeights(5, 5, randomStream(3, 'w').uniform));
});

test('a mean under drawn groups is a mean of the items drawn: a constant stays what it is', () => {
  const weights = drawGroupWeights([...'abbccc'], 200, randomStream(1, 'ratio').uniform);
  expect(new Set(weights.map((draw) => draw.reduce((sum, weight) => sum + weight, 0))).size).toBeGreaterThan(1);
  for (const value of resampledMeans(new Float64Array(6).fill(0.7), weights)) expect(value).toBeCloseTo(0.7, 12);
});

test('the spread under drawn groups is the cluster-robust standard error, not that of free items', () => {
  // 120 groups of 1 to 6 items that mostly agree.
  const random = randomStream(4, 'clusters');
  const items = Array.from({ length: 120 }, (_, g) => {
    const level = random.uniform();
    return Array.from({ length: 1 + (g % 6) }, () => ({ group: `g${g}`, right: Number(random.uniform() < level) }));
  }).flat();
  const right = items.map((item) => item.right);
  const groups = items.map((item) => item.group);
  const weights = drawGroupWeights(groups, 4000, randomStream(4, 'draws').uniform);
  const spread = standardDeviation([...resampledMeans(Float64Array.from(right), weights)]) as number;
  const expected = clusteredMean(right, groups).standardError as number;
  expect(spread / expected).toBeGreaterThan(0.94);
  expect(spread / expected).toBeLessThan(1.06);
  expect(spread).toBeGreaterThan(1.2 * Math.sqrt((mean(right) * (1 - mean(right))) / right.length));
});

test('crossed bootstrap sees the noise of items that a t-interval over seeds is blind to', () => {
  // Three seeds that agree on every one of 400 items: all noise is in the items, standard error = sd / sqrt(400).
  const random = randomStream(5, 'items');
  const row = Float64Array.from({ length: 400 }, () => (random.uniform() < 0.5 ? 1 : 0));
  const weights = drawWeights(400, 2000, randomStream(5, 'weights').uniform);
  const interval = crossedBootstrapInterval(
    [row, row, row].map((unit) => resampledMeans(unit, weights)),
    { uniform: randomStream(5, 'units').uniform },
  );
  const width = (interval?.high ?? 0) - (interval?.low ?? 0);
  expect(width).toBeGreaterThan(0.9 * 2 * 1.96 * (0.5 / 20));
  expect(width).toBeLessThan(1.1 * 2 * 1.96 * (0.5 / 20));
  expect(tInterval([mean([...row]), mean([...row]), mean([...row])])).toBeNull();
});

test('crossed bootstrap adds the variances of units and items', () => {
  // y_ij = u_i + v_j with 30 units of sd 0.3 and 300 items of sd 1: variance of the mean = 0.09 / 30 + 1 / 300 =
  // 0.00633, half width 0.156.
  const random = randomStream(9, 'two-way');
  const items = Array.from({ length: 300 }, () => random.normal());
  const rows = Array.from({ length: 30 }, () => {
    const unit = 0.3 * random.normal();
    return Float64Array.from(items, (item) => unit + item);
  });
  const weights = drawWeights(300, 2000, randomStream(9, 'weights').uniform);
  const interval = crossedBootstrapInterval(
    rows.map((row) => resampledMeans(row, weights)),
    { uniform: randomStream(9, 'units').uniform },
  );
  // Without the units it would be 0.113.
  expect(((interval?.high ?? 0) - (interval?.low ?? 0)) / 2).toBeGreaterThan(0.13);
  expect(((interval?.high ?? 0) - (interval?.low ?? 0)) / 2).toBeLessThan(0.18);
});

test('crossed bootstrap resamples the units: where items say nothing, its spread is that of the units', () => {
  const levels = [0.2, 0.4, 0.5, 0.7, 0.9];
  const interval = crossedBootstrapInterval(
    levels.map((level) => new Float64Array(4000).fill(level)),
    { uniform: randomStream(6, 'units').uniform },
  );
  // All 5^5 equally likely means of five drawn levels, by their 2.5 % and 97.5 % points.
  const means = Array.from({ length: 5 ** 5 }, (_, i) =>
    mean([0, 1, 2, 3, 4].map((place) => levels[Math.floor(i / 5 ** place) % 5] as number)),
  ).toSorted((a, b) => a - b);
  expect(interval?.low).toBeCloseTo(quantile(means, 0.025), 1);
  expect(interval?.high).toBeCloseTo(quantile(means, 0.975), 1);
});

test('one unit gives no interval; rows and draws of other lengths are refused', () => {
  const weights = drawWeights(3, 10, randomStream(0, 'w').uniform);
  const uniform = randomStream(0, 'u').uniform;
  expect(crossedBootstrapInterval([resampledMeans(Float64Array.of(1, 0, 1), weights)], { uniform })).toBeNull();
  expect(() => resampledMeans(Float64Array.of(1, 0), weights)).toThrow(RangeError);
  expect(() => crossedBootstrapInterval([new Float64Array(10), new Float64Array(9)], { uniform })).toThrow(RangeError);
  expect(bootstrapInterval([1], mean, { uniform })).toBeNull();
});
