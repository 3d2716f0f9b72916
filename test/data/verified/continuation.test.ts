import { describe, expect, it } from 'vitest';
import { continuationOf } from '../../../harness/data/verified/continuation.ts';

const prompt =
  'from typing import List\n\n\ndef add(a: int, b: List[int] = None) -> int:\n    """ Adds.\n    >>> add(1)\n    1\n    """\n';
const body = '    if b:\n        return a + b[0]\n    return a';

describe('what follows a prompt', () => {
  it.each([
    ['the module of the prompt', `${prompt}${body}\n`],
    [
      'other white space',
      `from typing import List\ndef add(a: int, b: List[int] = None) -> int:\n    """ Adds. """\n${body}\n\n\n`,
    ],
    ['no annotations', `from typing import List\ndef add(a, b=None):\n    """ Adds. """\n${body}`],
    ['no docstring', `from typing import List\ndef add(a: int, b: List[int] = None) -> int:\n${body}`],
    ['a docstring in single quotes', `def add(a, b=None):\n    r'''Adds "it".'''\n${body}`],
    ['line ends of Windows', `${prompt}${body}`.replaceAll('\n', '\r\n')],
  ])('is the body, with %s', (_, code) => expect(continuationOf(code, prompt, 'add')).toBe(body));

  it('has what stands behind the function too', () => {
    expect(continuationOf(`${prompt}${body}\n\ndef more():\n    pass\n`, prompt, 'add')).toBe(
      `${body}\n\ndef more():\n    pass`,
    );
  });

  it.each([
    ['other parameters', `def add(a, c):\n${body}`],
    ['another function', `def sub(a, b):\n${body}`],
    ['an import that the prompt has not', `import math\n${prompt}${body}`],
    ['code before the function', `LIMIT = 3\n${prompt}${body}`],
    ['no function at all', 'print(1)'],
  ])('is none with %s', (_, code) => expect(continuationOf(code, prompt, 'add')).toBeNull());
});
