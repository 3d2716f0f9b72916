import { describe, expect, test } from 'vitest';
import { notebookCode } from '../../../harness/data/language/notebook.ts';
import { cut, signaturesOf } from './cut.ts';

describe('functions of Python', () => {
  test('give signature, body and the first sentence of the docstring, which leaves the body', async () => {
    const { functions } = await cut(
      'a.py',
      [
        '@cache',
        'async def area(width: float, height: float = 1.0) -> float:',
        '    r"""Multiplies `width`, e.g. in metres, by ``height``. Never fails.',
        '',
        '    Args:',
        '        width: of the thing',
        '    """',
        '',
        '    # Both are positive.',
        '    return width * height',
        '',
        'x = 1',
      ].join('\n'),
    );
    expect(functions).toMatchObject([
      {
        line: 1,
        column: 1,
        description: 'Multiplies `width`, e.g. in metres, by `height`.',
        signature: '@cache\nasync def area(width: float, height: float = 1.0) -> float:',
        body: '\n    # Both are positive.\n    return width * height',
      },
    ]);
  });

  test('are dedented where they are methods, and know their class', async () => {
    const text = [
      'class Box(Base):',
      '    """A box that grows."""',
      '    size = 3',
      '',
      '    # How much fits in.',
      '    @property',
      '    def volume(self):',
      '        if self.size:',
      '            return self.size ** 3',
      '        return 0',
      '',
      '    def outer(self):',
      '        def inner(a):',
      '            return a + self.size + 1',
      '        return inner(2)',
      '',
      'def free(values):',
      '    return [value for value in values]',
    ].join('\n');
    const methods = await cut('a.py', text, ['method']);
    expect(methods.functions[0]).toMatchObject({
      line: 6,
      column: 5,
      description: 'How much fits in.',
      signature: '@property\ndef volume(self):',
      body: '\n    if self.size:\n        return self.size ** 3\n    return 0',
    });
    expect(signaturesOf(methods)).toEqual(['@property\ndef volume(self):', 'def outer(self):']);
    expect(signaturesOf(await cut('a.py', text, ['function']))).toEqual(['def inner(a):', 'def free(values):']);
    const classes = await cut('a.py', text, ['class', 'method', 'function']);
    expect(signaturesOf(classes)).toEqual(['class Box(Base):', 'def free(values):']);
    expect(classes.functions[0]).toMatchObject({
      description: 'A box that grows.',
      body: expect.stringMatching(/^\n {4}size = 3/),
    });
    expect(classes.drops).toEqual(Array.from({ length: 3 }, () => 'function: inside a taken one'));
  });

  test('a string that is used is no docstring', async () => {
    const { functions } = await cut('a.py', 'def f(names):\n    ", ".join(names)\n    return names\n');
    expect(functions[0]).toMatchObject({ description: null, body: '\n    ", ".join(names)\n    return names' });
  });

  test.each([
    ['"""Computes :class:`~a.b.Thing` values."""', 'Computes `a.b.Thing` values.'],
    ["'''\n    Runs it\n    twice.\n\n    More.\n    '''", 'Runs it twice.'],
    ['""":param x: only parameters"""', null],
    ['"""Args:\n        x: only parameters\n    """', null],
    // A note of the author to himself is no description.
    ['"""TODO: say what this does."""', null],
  ])('%s says %s', async (docstring, description) => {
    const { functions } = await cut('a.py', `def f(x):\n    ${docstring}\n    return x + 12345\n`);
    expect(functions[0]?.description).toBe(description);
  });

  test('with a syntax error are left out, and the others are not', async () => {
    const found = await cut('a.py', 'def bad(x):\n    return x +\n\ndef good(x):\n    return x + 12345\n');
    expect(signaturesOf(found)).toEqual(['def good(x):']);
    expect(found.drops).toEqual(['function: syntax error']);
  });

  test('of comments alone, or of a docstring alone, are no functions to learn from', async () => {
    const text =
      'def f(x):  # a comment that is long enough\n    """Does what others do."""\n\ndef g(x):\n    # nothing to do here\n    pass\n';
    expect(await cut('a.py', text)).toEqual({ functions: [], drops: Array(2).fill('function: empty or trivial') });
  });

  test('on one line, with comments and with Windows line ends keep what stands there', async () => {
    const text =
      'def one(x): return x + 12345\r\ndef two(x):  # why\r\n    """Adds much."""  # noqa\r\n    return x + 54321\r\n';
    const { functions } = await cut('a.py', text);
    expect(functions.map(({ body }) => body)).toEqual([' return x + 12345', '  # why\n    return x + 54321']);
  });
});

describe('a notebook', () => {
  const notebook = (cells: readonly (readonly [string, string | readonly string[]])[], language = 'python'): string =>
    JSON.stringify({
      metadata: { language_info: { name: language } },
      cells: cells.map(([type, source]) => ({ cell_type: type, source })),
    });

  test('is its code cells in order, without magics, shell commands and help', () => {
    expect(
      notebookCode(
        notebook([
          ['markdown', 'def words():'],
          ['code', ['%matplotlib inline\n', 'import os\n', '!ls\n', 'print?\n', 'x = 7 % 2']],
          ['code', '%%bash\necho hello'],
          ['code', '%%time\ny = 2'],
          ['code', ''],
        ]),
      ),
    ).toBe('import os\nx = 7 % 2\n\ny = 2');
  });

  test('of another language, or what is no notebook, has no code', () => {
    expect(notebookCode(notebook([['code', 'x']], 'R'))).toBe(null);
    expect(notebookCode('{"cells": 3}')).toBe(null);
    expect(notebookCode('no JSON')).toBe(null);
  });
});
