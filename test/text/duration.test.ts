import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../harness/text/index.ts';

describe('durations', () => {
  it.each([
    [null, '-'],
    [0, '0.0 s'],
    [1500, '1.5 s'],
    [9940, '9.9 s'],
    [9960, '10 s'],
    [59_400, '59 s'],
    [59_990, '1 min'],
    [61_000, '1 min 1 s'],
    [119_600, '2 min'],
    [3_599_400, '59 min 59 s'],
    [3_599_600, '1 h'],
    [3_723_000, '1 h 2 min'],
    [7_199_000, '2 h'],
    [86_399_000, '1 d'],
    [97_200_000, '1 d 3 h'],
  ])('%s ms is %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('never say 60 of a unit', () => {
    for (let ms = 0; ms < 2 * 3_600_000; ms += 333) expect(formatDuration(ms)).not.toMatch(/\b60(\.0)? (s|min)\b/);
  });
});
