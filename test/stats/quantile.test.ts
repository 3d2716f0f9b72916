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
  it('lies on the line between two order statistics', () => {
    expect(quantile([0, 10, 20, 30], 0.25)).toBe(7.5);
  });
});
