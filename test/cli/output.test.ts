import { describe, expect, it } from 'vitest';
import { formatDuration, formatNumber, formatTable } from '../../harness/cli/output/table.ts';

describe('formatTable', () => {
  it('aligns numbers to the right, text to the left, and shows what is missing', () => {
    expect(
      formatTable(
        ['name', 'n'],
        [
          ['a', 5],
          ['long', 12],
          ['', null],
        ],
      ),
    ).toBe(['name   n', 'a      5', 'long  12', '-      -'].join('\n'));
  });

  it('keeps a row on one line', () => {
    expect(formatTable(['text'], [['two\n  lines']])).toBe('text\ntwo lines');
  });

  it.each([
    [0, '0'],
    [1234567, '1234567'],
    [0.5, '0.5000'],
    [3e-4, '3.000e-4'],
    [-2.5, '-2.5000'],
    [7.5e9 + 0.5, '7.500e+9'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [1500, '1.5 s'],
    [61_000, '1 min 1 s'],
    [3_723_000, '1 h 2 min'],
  ])('writes %d ms as %s', (value, text) => {
    expect(formatDuration(value)).toBe(text);
  });
});
