import { describe, expect, it } from 'vitest';
import { cut, formatNumber, formatTable, paintFor, plural, progressBar, wrap } from '../../harness/text/index.ts';

const lengths = (text: string): readonly number[] => text.split('\n').map((line) => [...line].length);

describe('formatTable', () => {
  it('aligns numbers to the right, text to the left, and shows what is missing', () => {
    const rows = [
      ['a', 5],
      ['long', 12],
      ['', null],
    ];
    expect(formatTable(['name', 'n'], rows)).toBe(['name   n', 'a      5', 'long  12', '-      -'].join('\n'));
  });

  it('keeps a row on one line', () => {
    expect(formatTable(['text'], [['two\n  lines']])).toBe('text\ntwo lines');
  });

  const stages = [
    [
      'finetune-e30502c6e377',
      'finetune PMP-2048, algebra, 256, seed 1',
      'completed',
      240,
      '1 min 5 s',
      'no cause at all',
    ],
    ['evaluate-12759d691464', 'evaluate PMP-2048, algebra, 256, seed 1', 'failed', 1, '0.2 s', '-'],
  ];
  const columns = ['stage', { name: 'name', isImportant: true }, 'outcome', 'steps', 'time', 'cause'];

  it.each([120, 98, 80, 60, 50, 40])('keeps to a terminal of %d columns', (width) => {
    const text = formatTable(columns, stages, { width });
    expect(Math.max(...lengths(text))).toBeLessThanOrEqual(width);
    expect(text).toContain('finetune-e30502c6e377');
    expect(text).toContain('finetune PMP');
  });

  it('cuts text before it leaves columns out, and says which', () => {
    const narrow = formatTable(columns, stages, { width: 98 });
    expect(narrow).toContain('…');
    expect(narrow).not.toContain('no room');
    expect(formatTable(columns, stages, { width: 50 })).toContain('(no room for: outcome, steps, time, cause)');
  });

  it('leaves out even important columns before a line is broken', () => {
    const metrics = ['0.500 [0.500, 0.500] (2)', '0.500 [0.500, 0.500] (2)'];
    const important = ['a', 'b'].map((name) => ({ name, align: 'right', isImportant: true }) as const);
    expect(formatTable(['experiment', ...important], [['smoke', ...metrics]], { width: 40 })).toBe(
      ['experiment                         a', 'smoke       0.500 [0.500, 0.500] (2)', '(no room for: b)'].join('\n'),
    );
  });

  it('takes the room it needs in a pipe', () => {
    expect(formatTable(columns, stages)).toContain('no cause at all');
  });

  it('paints cells without their padding, so that columns stay aligned', () => {
    const paint = (_style: unknown, text: string): string => `<${text}>`;
    const style = (text: string): 'red' | null => (text === 'failed' ? 'red' : null);
    const rows = [
      ['failed', 1],
      ['done', 2],
    ];
    expect(formatTable([{ name: 'outcome', style }, 'n'], rows, { paint })).toBe(
      ['<outcome>  <n>', '<failed>   1', 'done     2'].join('\n'),
    );
  });
});

describe('numbers and words', () => {
  it.each([
    [0, '0'],
    [1234567, '1234567'],
    [0.5, '0.5000'],
    [3e-4, '3.000e-4'],
    [-2.5, '-2.5000'],
    [7.5e9 + 0.5, '7.500e+9'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('counts one without a plural', () => {
    expect([0, 1, 2, 1000].map((n) => plural(n, 'seed'))).toEqual(['0 seeds', '1 seed', '2 seeds', '1,000 seeds']);
    expect(plural(2, 'entry', 'entries')).toBe('2 entries');
  });

  it('cuts with an ellipsis, and only what is too long', () => {
    expect([cut('seven', 5), cut('sevens', 5)]).toEqual(['seven', 'seve…']);
  });

  it('wraps between words', () => {
    expect(wrap('one two three', 8, '  ')).toEqual(['one two', '  three']);
    expect(wrap('  one two', 6)).toEqual(['  one', 'two']);
    expect(wrap('unbreakable', 5)).toEqual(['unbreakable']);
  });

  it('draws a bar that is full only when all is done', () => {
    expect([0, 1, 99, 100].map((done) => progressBar(done, 100, 4))).toEqual(['░░░░', '█░░░', '███░', '████']);
  });
});

describe('colour', () => {
  const isPainted = (isTTY: boolean, env: Record<string, string>): boolean =>
    paintFor({ isTTY }, env)('red', 'x') !== 'x';

  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
  ])('on a terminal (%s) with %j: %s', (isTTY, env, expected) => {
    expect(isPainted(isTTY, env)).toBe(expected);
  });
});
