import { describe, expect, it } from 'vitest';
import { median, quantile } from '../../harness/stats/index.ts';

describe('median', () => {
  it('is the middle value of an odd number of values, in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is halfway between the two middle values of an even number', () => {
    expect(median([4, 1, 10, 2])).toBe(3);
  });

  it('is not defined without values', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('quantile', () => {
  it('interpolates between order statistics', () => {
    // R: quantile(c(1, 2, 4, 8), c(0, .25, .5, 1)) = 1, 1.75, 3, 8
    expect([0, 0.25, 0.5, 1].map((p) => quantile([1, 2, 4, 8], p))).toEqual([1, 1.75, 3, 8]);
  });
});
