import { expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import { chosenByOthers, leftOutMean } from '../../harness/stats/index.ts';

test('by hand: the option that is best on the others, and of equal ones the first', () => {
  // Without the first: 0.5 and 0.6. Without the second: 0.65 and 0.6. Without the third: 0.65 and 0.6.
  expect(
    chosenByOthers([
      [0.8, 0.6],
      [0.5, 0.6],
      [0.5, 0.6],
    ]),
  ).toEqual([1, 0, 0]);
  expect(
    chosenByOthers([
      [0.1 + 0.2, 0.3],
      [0.3, 0.3],
    ]),
  ).toEqual([0, 0]);
});

test('a unit has no say in what is read on it', () => {
  const others = [
    [0.6, 0.5],
    [0.6, 0.5],
  ];
  for (const own of [0, 0.55, 1e6]) expect(chosenByOthers([[0.1, own], ...others])[0]).toBe(0);
});

test('one unit has no others', () => {
  expect(() => chosenByOthers([[0.5, 0.6]])).toThrow(RangeError);
  expect(() => chosenByOthers([[], []])).toThrow(RangeError);
});

test('the mean of what was read, by hand: its error is that of a mean times the root of 1 + n / (n - 1)', () => {
  // sd 0.1; 0.1 x sqrt(1/3 + 1/2) = 0.09129; t(0.975, 2) = 4.30265
  const read = leftOutMean([0.1, 0.2, 0.3], 'seeds');
  expect(read.mean).toBeCloseTo(0.2, 12);
  expect((read.interval?.high as number) - 0.2).toBeCloseTo(4.30265 * 0.0912871, 5);
  // t = 2.19089 at 2 degrees: p = 1 - t / sqrt(2 + t^2) = 0.15983
  expect(read.p).toBeCloseTo(0.15983, 4);
  expect(leftOutMean([0.5, 0.5, 0.5])).toEqual({ n: 3, mean: 0.5, interval: null, p: null });
  expect(() => leftOutMean([0.2])).toThrow(RangeError);
});

test.each([3, 5, 8])('where all of eight options are equal, %i units find a gain no more often than they may', (n) => {
  const { normal } = randomStream(1, 'null', n);
  const sweeps = 1000;
  const found = Array.from({ length: sweeps }).filter(() => {
    const units = Array.from({ length: n }, () => Array.from({ length: 8 }, normal));
    const of = (options: number): readonly number[] => chosenByOthers(units.map((unit) => unit.slice(0, options)));
    const [all, few] = [of(8), of(2)];
    const { mean, p } = leftOutMean(
      units.map((unit, i) => (unit[all[i] as number] as number) - (unit[few[i] as number] as number)),
    );
    return mean > 0 && p !== null && p < 0.05;
  }).length;
  expect(found / sweeps).toBeLessThan(0.025 + 2 * Math.sqrt((0.025 * 0.975) / sweeps));
});
