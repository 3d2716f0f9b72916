import { expect, test } from 'vitest';
import { fitPowerLaw, spearman, type Point } from '../../harness/stats/index.ts';
import { randomStream } from '../../harness/random/index.ts';

test('Spearman of the textbook example: 1 - 6 x 194 / (10 x 99) = -29 / 165', () => {
  const x = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const y = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  expect(spearman(x, y)).toBeCloseTo(-29 / 165, 12);
});

test('Spearman with ties takes average ranks', () => {
  // ranks of x: 1, 2.5, 2.5, 4 (deviations -1.5, 0, 0, 1.5); of y: 1, 2, 3, 4; products 2.25 + 2.25 = 4.5; 4.5 /
  // sqrt(4.5 x 5) = 0.948683
  expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(0.948683, 6);
  expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
  expect(spearman([1], [2])).toBeNull();
  expect(() => spearman([1, 2], [1])).toThrow(RangeError);
});

const sizes = [512, 1024, 2048, 4096, 8192, 16384, 32768];
const uniform = randomStream(11, 'fit').uniform;

test('power law without noise is found again, for rising and falling curves', () => {
  for (const [a, b, c] of [
    [0.8, -2, 0.4],
    [1.7, 30, 0.7],
  ] as const) {
    const fit = fitPowerLaw(
      sizes.map((x): Point => ({ x, y: a + b * x ** -c })),
      { uniform, resamples: 20 },
    );
    if (fit.kind !== 'fit') throw new Error(fit.reason);
    expect(fit.a).toBeCloseTo(a, 5);
    expect(fit.b / b).toBeCloseTo(1, 4);
    expect(fit.c).toBeCloseTo(c, 5);
    expect(fit.residual).toBeLessThan(1e-6);
    expect(fit.n).toBe(7);
  }
});

test('noise around a constant is not sold as a law', () => {
  let laws = 0;
  for (let seed = 0; seed < 40; seed++) {
    const random = randomStream(seed, 'flat');
    if (
      fitPowerLaw(
        sizes.map((x) => ({ x, y: 0.6 + 0.02 * random.normal() })),
        { uniform, resamples: 2 },
      ).kind === 'fit'
    )
      laws += 1;
  }
  expect(laws).toBeLessThanOrEqual(8);
});

test('a clear law under noise of three seeds is found, its exponent inside the interval', () => {
  const random = randomStream(2, 'law');
  const points = sizes.flatMap((x) => [0, 1, 2].map(() => ({ x, y: 0.8 - 2 * x ** -0.4 + 0.003 * random.normal() })));
  const fit = fitPowerLaw(points, { uniform });
  if (fit.kind !== 'fit') throw new Error(fit.reason);
  expect(fit.n).toBe(21);
  expect(fit.exponentInterval?.low).toBeLessThan(0.4);
  expect(fit.exponentInterval?.high).toBeGreaterThan(0.4);
});

test('too few sizes give no fit, and x = 0 is refused', () => {
  expect(
    fitPowerLaw(
      [1, 2, 3, 3, 3].map((x) => ({ x, y: x })),
      { uniform },
    ),
  ).toMatchObject({ kind: 'no-fit', n: 5 });
  expect(() => fitPowerLaw([{ x: 0, y: 1 }], { uniform })).toThrow(RangeError);
});
