import { describe, expect, it } from 'vitest';
import { backoffMs, retryAfterMs } from '../../../harness/data/endpoint/backoff.ts';

describe('back-off', () => {
  const waits = (attempt: number): readonly number[] =>
    Array.from({ length: 400 }, (_, index) => backoffMs(`f${index}`, attempt));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('is uniform up to 0.5 s, 1 s, 2 s, ... and 60 s at most', () => {
    for (const [attempt, most] of [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000].entries()) {
      const found = waits(attempt + 1);
      expect(Math.max(...found)).toBeLessThan(most);
      // A uniform variable has a standard deviation of 0.29; the mean of 400 of them one of 0.0145.
      expect(Math.abs(mean(found) / most - 0.5)).toBeLessThan(0.06);
    }
  });

  it('differs between requests and attempts, and not between runs', () => {
    expect(new Set([...waits(1), ...waits(2)]).size).toBe(800);
    expect(waits(3)).toEqual(waits(3));
  });
});

describe('Retry-After', () => {
  it.each([
    ['2', null, 2000],
    ['0', null, 0],
    ['-3', null, 0],
    ['Tue, 01 Jan 2030 00:00:05 GMT', 'Tue, 01 Jan 2030 00:00:00 GMT', 5000],
    ['Tue, 01 Jan 2030 00:00:00 GMT', 'Tue, 01 Jan 2030 00:00:05 GMT', 0],
    ['Tue, 01 Jan 2030 00:00:05 GMT', null, null],
    ['soon', 'Tue, 01 Jan 2030 00:00:00 GMT', null],
    [null, null, null],
  ])('%s, in an answer of %s, is %s ms', (retryAfter, date, ms) => {
    expect(retryAfterMs(retryAfter, date)).toBe(ms);
  });
});
