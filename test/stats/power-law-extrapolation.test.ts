import { describe, expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import { extrapolate, type Extrapolation, type Point } from '../../harness/stats/index.ts';

const sizes = [512, 1024, 2048, 4096, 8192, 16384, 32768];
const share = { low: 0, high: 1 };

const sample = (y: (x: number, seed: number) => number, xs: readonly number[] = sizes): Point[] =>
  [0, 1, 2].flatMap((seed) => xs.map((x) => ({ x, seed, y: y(x, seed) })));

const from = (points: readonly Point[], count: number, name = 'extrapolate'): Extrapolation =>
  extrapolate(points, count, { uniform: randomStream(5, name).uniform, limits: share, resamples: 150 });

const law = (x: number): number => 0.2 + 20 * x ** -0.7;

test('a law without noise is found without its largest sizes, and foretells them', () => {
  const { fit, leftOut } = from(sample(law), 2);
  expect(fit).toMatchObject({ kind: 'fit', n: 15 });
  expect(leftOut.map(({ x }) => x)).toEqual([16384, 32768]);
  for (const { x, predicted, measured } of leftOut) {
    expect(predicted).toBeCloseTo(law(x), 5);
    expect(measured).toBeCloseTo(law(x), 12);
  }
});

test('the sizes left out have no part in the fit: another value there changes nothing but "inside"', () => {
  const noise = randomStream(9, 'same');
  const points = sample((x) => law(x) + 0.003 * noise.normal());
  const broken = points.map((point) => (point.x === 32768 ? { ...point, y: point.y + 0.05 } : point));
  const [whole, kinked] = [from(points, 1), from(broken, 1)];
  expect(kinked.fit).toEqual(whole.fit);
  expect(kinked.leftOut[0]?.predicted).toBe(whole.leftOut[0]?.predicted);
  expect([whole.leftOut[0]?.isInside, kinked.leftOut[0]?.isInside]).toEqual([true, false]);
});

test('a curve that stops falling past the sizes that were seen is flagged at both', () => {
  const noise = randomStream(3, 'kink');
  const points = sample((x) => law(Math.min(x, 8192)) + 0.002 * noise.normal());
  expect(from(points, 2).leftOut.map(({ isInside }) => isInside)).toEqual([false, false]);
});

test('no interval leaves what an error can be', () => {
  const noise = randomStream(4, 'floor');
  const { leftOut } = from(
    sample((x) => Math.max(0, 0.01 + 40 * x ** -0.8 + 0.004 * noise.normal())),
    1,
  );
  for (const { interval } of leftOut) expect(interval.low).toBeGreaterThanOrEqual(0);
});

test.each([
  [sizes.slice(0, 5), 1, '4 different sizes; three parameters need at least 5'],
  [sizes.slice(0, 6), 2, '4 different sizes; three parameters need at least 5'],
])('too few sizes are left of %j without %d', (xs, count, reason) => {
  const { fit, leftOut } = from(sample(law, xs), count);
  expect(fit).toMatchObject({ kind: 'no-fit', reason });
  expect(leftOut).toEqual([]);
});

describe('over simulated sweeps of a true law', () => {
  test.each([
    [1, 0],
    [1, 0.003],
    [2, 0.003],
  ])('without %d sizes and with offsets of seeds of %d, nearly all lie inside', (count, offset) => {
    const inside = Array.from({ length: 60 }, (_, r) => {
      const random = randomStream(r, 'coverage', String(offset));
      const ofSeed = [0, 1, 2].map(() => offset * random.normal());
      const points = sample((x, seed) => law(x) + (ofSeed[seed] as number) + 0.003 * random.normal());
      return from(points, count, String(r)).leftOut.at(-1)?.isInside;
    });
    // 95 % less three standard errors of 60 draws.
    expect(inside.filter((one) => one === true).length / inside.length).toBeGreaterThan(0.86);
  });
});
