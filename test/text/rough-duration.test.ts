import { describe, expect, it } from 'vitest';
import { roughDuration, roughRange } from '../../harness/text/index.ts';

describe('roughDuration', () => {
  it.each([
    [0, '5 s'],
    [11, '10 s'],
    [59.99, '60 s'],
    [88, '90 s'],
    [119.6, '2 min'],
    [28 * 60, '30 min'],
    [84 * 60, '85 min'],
    [93 * 60, '95 min'],
    [96 * 60, '1.5 h'],
    [5173, '85 min'],
    [2.4 * 3600, '2.5 h'],
    [11.6 * 3600, '12 h'],
    [49 * 3600, '2 days'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(roughDuration(seconds)).toBe(text);
  });

  it('is within a quarter of what it rounds, from ten seconds on', () => {
    for (let seconds = 10; seconds < 1e7; seconds *= 1.01) {
      const [amount, unit] = roughDuration(seconds).split(' ');
      const size = { s: 1, min: 60, h: 3600, days: 86_400 }[unit ?? ''] ?? NaN;
      expect(Math.abs((Number(amount) * size) / seconds - 1)).toBeLessThan(0.26);
    }
  });
});

describe('roughRange', () => {
  it('names a unit once, both where they differ, and no lower end of nothing', () => {
    expect(roughRange(9.3 * 60, 84 * 60)).toBe('9 to 85 min');
    expect(roughRange(40, 400)).toBe('40 s to 7 min');
    expect(roughRange(0, 400)).toBe('up to 7 min');
    expect(roughRange(13 * 60, 14 * 60)).toBe('15 min');
  });
});
