import { describe, expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import { fitJointLaw, type JointLawResult, type JointPoint } from '../../harness/stats/index.ts';
import { searchJointLaw, type Place } from '../../harness/stats/joint-law-search.ts';

const modelSizes = [2e5, 1e6, 5e6];
const budgets = [512, 1024, 2048, 4096, 8192];
const share = { low: 0, high: 1 };
const loss = { low: 0, high: Number.POSITIVE_INFINITY };

type Surface = (modelSize: number, dataSize: number, seed: number) => number;

const sample = (y: Surface, { models = modelSizes, data = budgets, seeds = [0, 1, 2] } = {}): readonly JointPoint[] =>
  seeds.flatMap((seed) =>
    models.flatMap((modelSize) =>
      data.map((dataSize) => ({ modelSize, dataSize, seed, y: y(modelSize, dataSize, seed) })),
    ),
  );

const fit = (points: readonly JointPoint[], resamples = 40, limits = share): JointLawResult =>
  fitJointLaw(points, { uniform: randomStream(3, 'joint').uniform, limits, resamples });

const reasonOf = (result: JointLawResult): string => (result.kind === 'fit' ? 'fit' : result.reason);

const law: Surface = (n, d) => 0.15 + 20 * n ** -0.4 + 20 * d ** -0.7;

describe('a law that is there', () => {
  test('is found again without noise', () => {
    const found = fit(sample(law));
    expect(found).toMatchObject({ kind: 'fit', n: 45 });
    if (found.kind !== 'fit') return;
    expect(found.e).toBeCloseTo(0.15, 5);
    expect(found.alpha).toBeCloseTo(0.4, 4);
    expect(found.beta).toBeCloseTo(0.7, 4);
    expect(found.a / 20).toBeCloseTo(1, 3);
    expect(found.b / 20).toBeCloseTo(1, 3);
    expect(found.residual).toBeLessThan(1e-7);
  });

  test('of a loss may have an asymptote above 1', () => {
    const found = fit(
      sample((n, d) => 1.7 + 400 * n ** -0.5 + 30 * d ** -0.4),
      40,
      loss,
    );
    expect(found).toMatchObject({ kind: 'fit' });
    if (found.kind === 'fit')
      expect([found.e, found.alpha, found.beta].map((one) => one.toFixed(3))).toEqual(['1.700', '0.500', '0.400']);
  });

  test('under noise is found inside its intervals', () => {
    const noise = randomStream(1, 'noise');
    const found = fit(
      sample((n, d) => law(n, d, 0) + 0.002 * noise.normal()),
      120,
    );
    expect(found).toMatchObject({ kind: 'fit' });
    if (found.kind !== 'fit') return;
    const { e, alpha, beta } = found.intervals;
    const holds = [e, alpha, beta].map(({ low, high }, i) => [low, [0.15, 0.4, 0.7][i] as number, high]);
    for (const [low, truth, high] of holds as [number, number, number][]) {
      expect(low).toBeLessThan(truth);
      expect(high).toBeGreaterThan(truth);
    }
    expect(alpha).toMatchObject({ n: 3, level: 0.95 });
  });
});

describe('no law', () => {
  test.each([
    [{ models: modelSizes.slice(1) }, 'a joint law needs at least 3 model sizes, here 2'],
    [{ data: budgets.slice(1) }, 'a joint law needs at least 5 budgets, here 4'],
    [{ seeds: [0, 1] }, 'a joint law needs at least 3 seeds, here 2'],
  ])('from %j', (part, reason) => {
    expect(reasonOf(fit(sample(law, part)))).toBe(reason);
  });

  test.each([
    ['model size', (_: number, d: number) => 0.2 + 20 * d ** -0.7],
    ['pairs', (n: number) => 0.2 + 20 * n ** -0.4],
    ['both', () => 0.3],
  ])('where %s changes nothing, at most once in twenty', (name, flat) => {
    const fits = Array.from({ length: 20 }, (_, r) => {
      const noise = randomStream(r, 'nothing', name);
      return reasonOf(fit(sample((n, d) => flat(n, d) + 0.004 * noise.normal())));
    });
    expect(fits.filter((one) => one === 'fit').length).toBeLessThanOrEqual(1);
  });

  test('where larger models are worse', () => {
    expect(reasonOf(fit(sample((n, d) => 0.1 + 0.02 * Math.log10(n) + 20 * d ** -0.7)))).toBe(
      'it does not fall with model size',
    );
  });

  test('where one seed carries it', () => {
    const noise = randomStream(6, 'carried');
    const carried: Surface = (n, d, seed) => (seed === 0 ? law(n, d, 0) : 0.4) + 0.002 * noise.normal();
    expect(reasonOf(fit(sample(carried)))).toBe('resamples of seeds and points give other laws or none');
  });

  test('points that are not on the surface are refused', () => {
    expect(() => fit([{ modelSize: 0, dataSize: 1, y: 1, seed: 0 }])).toThrow(RangeError);
    expect(() => fit([{ modelSize: 1, dataSize: 1, y: Number.NaN, seed: 0 }])).toThrow(RangeError);
  });
});

/**
 * Another way to the same optimum: all exponents of a fine grid, and for each the bounded coefficients by going round
 * them one at a time, which reaches the minimum of a convex problem.
 */
function bruteForce(places: readonly Place[], limits: typeof share): { alpha: number; beta: number; squares: number } {
  const exponents = Array.from({ length: 60 }, (_, i) => 0.05 * 1.07 ** i);
  let best = { alpha: 0, beta: 0, squares: Number.POSITIVE_INFINITY };
  for (const alpha of exponents)
    for (const beta of exponents) {
      const columns = [
        () => 1,
        (p: Place) => (p.modelSize / 1e6) ** -alpha,
        (p: Place) => (p.dataSize / 2048) ** -beta,
      ];
      const x = columns.map((column) => places.map(column));
      const squares = roundAndRound(x, places, limits);
      if (squares < best.squares) best = { alpha, beta, squares };
    }
  return best;
}

function roundAndRound(x: readonly number[][], places: readonly Place[], { low, high }: typeof share): number {
  const coefficients = [0.5, 0, 0];
  const residuals = places.map(({ y }) => y - 0.5);
  for (let round = 0; round < 400; round++)
    for (const [k, column] of x.entries()) {
      let [products, squares] = [0, 0];
      for (const [i, { weight }] of places.entries()) {
        products += weight * (column[i] as number) * (residuals[i] as number);
        squares += weight * (column[i] as number) ** 2;
      }
      const old = coefficients[k] as number;
      const next = Math.min(k === 0 ? high : Infinity, Math.max(k === 0 ? low : 0, old + products / squares));
      for (const i of residuals.keys()) residuals[i] = (residuals[i] as number) - (next - old) * (column[i] as number);
      coefficients[k] = next;
    }
  return residuals.reduce((sum, one, i) => sum + (places[i] as Place).weight * one ** 2, 0);
}

const surfaces: readonly (readonly [string, Surface])[] = [
  ['a law', law],
  ['no fall with model size', (_, d) => 0.2 + 20 * d ** -0.7],
  ['a fall below 0', (n, d) => 1.2 - 0.05 * Math.log(n) - 0.03 * Math.log(d)],
  ['nothing', () => 0.3],
];

test.each(surfaces)('no point of a fine grid is better than what the search finds: %s', (name, surface) => {
  const noise = randomStream(4, 'brute', name);
  // Unequal weights, as where some trials are lost.
  const places = modelSizes.flatMap((modelSize, i) =>
    budgets.map((dataSize, j) => {
      const y = surface(modelSize, dataSize, 0) + 0.01 * noise.normal();
      return { modelSize, dataSize, y, weight: 1 + ((i + j) % 3) };
    }),
  );
  const [found, brute] = [searchJointLaw(places, share), bruteForce(places, share)];
  expect(found.squares).toBeLessThanOrEqual(brute.squares * (1 + 1e-9));
  // Between two points of the grid little is won: the same valley, not another one.
  expect(found.squares).toBeGreaterThan(0.9 * brute.squares);
});
