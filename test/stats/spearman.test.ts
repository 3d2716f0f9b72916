import { expect, test } from 'vitest';
import { spearman } from '../../harness/stats/index.ts';

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
