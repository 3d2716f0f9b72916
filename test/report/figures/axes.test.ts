import { describe, expect, test } from 'vitest';
import { frame } from '../../../harness/report/figures/axes.ts';

const rows = (values: readonly number[]): { y: number; low: null; high: null }[] =>
  values.map((y) => ({ y, low: null, high: null }));

describe('the range of an axis', () => {
  test.each([
    ['shares', [0.5, 0.5], [0, 1], 0.01],
    ['points', [0, 0], [-100, 100], 2],
    ['nats', [0, 0], [-Infinity, Infinity], 0.01],
  ] as const)('equal %s get an axis whose labels differ', (_, values, limits, least) => {
    const [low, high] = frame(rows(values), [], limits).domain;
    expect(high - low).toBeGreaterThanOrEqual(least);
    expect((low + high) / 2).toBeCloseTo(values[0], 6);
  });

  test('it stays within what a metric can be', () => {
    expect(frame(rows([1, 1]), [], [0, 1]).domain[1]).toBe(1);
  });

  test('an interval that is wider than the data is cut, and said to be', () => {
    const wide = { y: 0.6, low: 0, high: 1 };
    const { domain, isCut } = frame([wide, ...rows([0.5])], [], [0, 1]);
    expect(isCut).toBe(true);
    expect(domain[0]).toBeGreaterThan(0.4);
  });
});
