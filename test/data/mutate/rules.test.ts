import { describe, expect, test } from 'vitest';
import { singleMutants } from './edits-of.ts';

/** Signature, body, and the body that one edit of the kind must give. */
type Example = readonly [kind: string, signature: string, body: string, expected: string];

const javascript: readonly Example[] = [
  ['wrong variable', 'f(a, b) {', '\n  return a[0] + b[1] + a[2];\n}', '\n  return b[0] + b[1] + a[2];\n}'],
  ['swapped variables', 'f(a, b, i, j) {', '\n  a[i] = b[j];\n}', '\n  a[j] = b[i];\n}'],
  ['wrong member', 'f(a) {', '\n  go(a.minX);\n  return a.maxX;\n}', '\n  go(a.minX);\n  return a.minX;\n}'],
  ['wrong function', 'f(a) {', '\n  goOn(a);\n  goOff(1);\n}', '\n  goOff(a);\n  goOff(1);\n}'],
  ['opposite name', 'f(a, b) {', '\n  return Math.min(a, b);\n}', '\n  return Math.max(a, b);\n}'],
  ['opposite name', 'f(a) {', '\n  return a.offsetWidth;\n}', '\n  return a.offsetHeight;\n}'],
  ['missing owner', 'f(size) {', '\n  return this.size - size;\n}', '\n  return size - size;\n}'],
  ['member for variable', 'f(size) {', '\n  if (size) this.size = size;\n}', '\n  if (this.size) this.size = size;\n}'],
  ['swapped arguments', 'f(a, b) {', '\n  go(a, b);\n}', '\n  go(b, a);\n}'],
  ['swapped arguments', 'f(a, b) {', '\n  return { x: a, y: b };\n}', '\n  return { x: b, y: a };\n}'],
  ['missing argument', 'f(a, n) {', '\n  return a.slice(0, n);\n}', '\n  return a.slice(0);\n}'],
  [
    'missing await',
    'async f(a) {',
    '\n  const b = await a.go();\n  return b;\n}',
    '\n  const b = a.go();\n  return b;\n}',
  ],
  ['missing return', 'f(a) {', '\n  return go(a);\n}', '\n  go(a);\n}'],
  [
    'returns too early',
    'f(a) {',
    '\n  for (const b of a) {\n    go(b);\n  }\n}',
    '\n  for (const b of a) {\n    return go(b);\n  }\n}',
  ],
  ['boundary', 'f(a) {', '\n  return a.length > 0;\n}', '\n  return a.length >= 0;\n}'],
  ['direction of a comparison', 'f(a, b) {', '\n  return a < b;\n}', '\n  return a > b;\n}'],
  ['inverted comparison', 'f(a, b) {', '\n  return a === b;\n}', '\n  return a !== b;\n}'],
  ['wrong connective', 'f(a, b) {', '\n  if (a && b) go();\n}', '\n  if (a || b) go();\n}'],
  ['wrong arithmetic', 'f(a, b) {', '\n  return a * b;\n}', '\n  return a / b;\n}'],
  [
    'wrong accumulation',
    'f(a) {',
    '\n  let n = 0;\n  n += 1;\n  return n;\n}',
    '\n  let n = 0;\n  n = 1;\n  return n;\n}',
  ],
  ['swapped operands', 'f(a, b) {', '\n  return a / b;\n}', '\n  return b / a;\n}'],
  ['inverted condition', 'f(a) {', '\n  if (a.ok) go();\n}', '\n  if (!a.ok) go();\n}'],
  ['inverted condition', 'f(a) {', '\n  if (!a.ok) go();\n}', '\n  if (a.ok) go();\n}'],
  ['missing case', 'f(a, b) {', '\n  if (a || b) go();\n}', '\n  if (a) go();\n}'],
  ['swapped branches', 'f(a) {', '\n  return a ? go() : stop();\n}', '\n  return a ? stop() : go();\n}'],
  [
    'swapped branches',
    'f(a) {',
    '\n  if (a) {\n    go();\n  } else {\n    stop();\n  }\n}',
    '\n  if (a) {\n    stop();\n  } else {\n    go();\n  }\n}',
  ],
  ['number off by one', 'f(a) {', '\n  return a[1];\n}', '\n  return a[0];\n}'],
  ['off by one', 'f(a, i) {', '\n  return a[i];\n}', '\n  return a[i + 1];\n}'],
  ['off by one', 'f(a) {', '\n  return a[a.length - 1];\n}', '\n  return a[a.length];\n}'],
  ['wrong flag', 'f(a) {', '\n  a.ok = true;\n}', '\n  a.ok = false;\n}'],
  ['wrong default', 'f(a) {', '\n  const b = [];\n  return go(a, b);\n}', '\n  const b = {};\n  return go(a, b);\n}'],
  ['wrong text', 'f(a) {', "\n  return a === 'x' || a === 'y';\n}", "\n  return a === 'y' || a === 'y';\n}"],
  ['missing guard', 'f(a) {', '\n  if (!a) return;\n\n  go(a);\n}', '\n\n  go(a);\n}'],
  ['missing statement', 'f(a) {', '\n  a.go();\n  a.stop();\n}', '\n  a.stop();\n}'],
  ['wrong order', 'f(a) {', '\n  a.n = 1;\n  go(a.n);\n}', '\n  go(a.n);\n  a.n = 1;\n}'],
  [
    'inside the block',
    'f(a) {',
    '\n  for (const b of a) {\n    go(b);\n  }\n  return a;\n}',
    '\n  for (const b of a) {\n    go(b);\n    return a;\n  }\n}',
  ],
  [
    'outside the block',
    'f(a) {',
    '\n  if (a.b) {\n    go(a);\n    stop(a);\n  }\n}',
    '\n  if (a.b) {\n    go(a);\n  }\n  stop(a);\n}',
  ],
  [
    'wrong jump',
    'f(a) {',
    '\n  for (const b of a) {\n    if (b) break;\n    go(b);\n  }\n}',
    '\n  for (const b of a) {\n    if (b) continue;\n    go(b);\n  }\n}',
  ],
  ['wrong loop', 'f(a) {', '\n  for (const b of a) go(b);\n}', '\n  for (const b in a) go(b);\n}'],
];

const python: readonly Example[] = [
  ['wrong variable', 'def f(a, b):', '\n    return a[0] + b[1] + a[2]', '\n    return b[0] + b[1] + a[2]'],
  [
    'wrong member',
    'def f(self):',
    '\n    go(self.row_a)\n    return self.row_b',
    '\n    go(self.row_a)\n    return self.row_a',
  ],
  ['opposite name', 'def f(a, b):', '\n    a.append(b)', '\n    a.extend(b)'],
  ['missing owner', 'def f(self, n):', '\n    return self.n - n', '\n    return n - n'],
  ['swapped arguments', 'def f(a, b):', '\n    go(x=a, y=b)', '\n    go(x=b, y=a)'],
  ['missing argument', 'def f(a):', '\n    return a.get("x", 0)', '\n    return a.get("x")'],
  ['missing key', 'def f(a):', '\n    return a.get("x", 0)', '\n    return a["x"]'],
  ['wrong range', 'def f(n):', '\n    return list(range(n))', '\n    return list(range(1, n))'],
  ['wrong range', 'def f(n):', '\n    return list(range(1, n))', '\n    return list(range(n))'],
  ['missing await', 'async def f(a):', '\n    b = await a.go()\n    return b', '\n    b = a.go()\n    return b'],
  ['boundary', 'def f(a):', '\n    return len(a) > 1', '\n    return len(a) >= 1'],
  ['inverted comparison', 'def f(a):', '\n    return a is None', '\n    return a is not None'],
  ['inverted comparison', 'def f(a, b):', '\n    return a not in b', '\n    return a in b'],
  ['wrong connective', 'def f(a, b):', '\n    if a and b:\n        go()', '\n    if a or b:\n        go()'],
  ['wrong arithmetic', 'def f(a, b):', '\n    return a // b', '\n    return a / b'],
  ['inverted condition', 'def f(a):', '\n    if not a:\n        go()', '\n    if a:\n        go()'],
  ['swapped branches', 'def f(a):', '\n    return go() if a else stop()', '\n    return stop() if a else go()'],
  ['wrong flag', 'def f(a):', '\n    a.ok = True', '\n    a.ok = False'],
  ['off by one', 'def f(a, i):', '\n    return a[i]', '\n    return a[i - 1]'],
  ['missing guard', 'def f(a):', '\n    if not a:\n        return None\n    return go(a)', '\n    return go(a)'],
  ['missing statement', 'def f(a):', '\n    a.go()\n    a.stop()', '\n    a.go()'],
  [
    'inside the block',
    'def f(a):',
    '\n    for b in a:\n        go(b)\n    return a',
    '\n    for b in a:\n        go(b)\n        return a',
  ],
  [
    'outside the block',
    'def f(a):',
    '\n    for b in a:\n        go(b)\n        stop(a)\n    return a',
    '\n    for b in a:\n        go(b)\n    stop(a)\n    return a',
  ],
];

describe('every mistake', () => {
  test.each(javascript)('JavaScript, %s: %s%s', async (kind, signature, body, expected) => {
    expect(await singleMutants('javascript', signature, body)).toContainEqual([kind, expected]);
  });

  test.each(python)('Python, %s: %s%s', async (kind, signature, body, expected) => {
    expect(await singleMutants('python', signature, body)).toContainEqual([kind, expected]);
  });

  test('TypeScript has those of JavaScript, outside its types', async () => {
    const found = await singleMutants(
      'typescript',
      'f(a: Map<A, B>, b: 1 | 2) {',
      '\n  return a.get(b as 1) === 1;\n}',
    );
    expect(found.map(([, body]) => body.trim().replace(/\s+/g, ' '))).toEqual([
      'return a.get(b as 1) !== 1; }',
      'return a.get(b as 1) === 2; }',
      'return a.get(b as 1) === 0; }',
    ]);
  });
});

describe('no mistake, or none that people make', () => {
  const nothing: readonly (readonly [string, string, string, string])[] = [
    ['a sum of texts becomes no difference', 'javascript', 'f(a) {', "\n  return 'x' + a;\n}"],
    ['arguments of min and max keep their places', 'javascript', 'f(a) {', '\n  return foo.max(a.b, a.c);\n}'],
    ['a comparison of measures has no boundary', 'python', 'def f(a):', '\n    return a.speed - a.limit'],
    ['what is thrown is left alone', 'javascript', 'f(a) {', '\n  throw new Error(go(a, 1) === true);\n}'],
    ['what is logged is left alone', 'python', 'def f(a):', '\n    logger.info("x", a, 1)'],
    ['a returned promise is awaited by the caller', 'javascript', 'async f(a) {', '\n  return await a.go;\n}'],
    ['a number that stands for something is not counted', 'javascript', 'f(a) {', '\n  return a.b(5);\n}'],
  ];
  test.each(nothing)('%s', async (title, language, signature, body) => {
    const found = (await singleMutants(language, signature, body)).map(([kind]) => kind);
    const allowed = new Set([
      'swapped operands',
      'wrong arithmetic',
      'missing return',
      'number off by one',
      'opposite name',
    ]);
    const ofOthers = title.startsWith('arguments') ? ['wrong member'] : [];
    expect(found.filter((kind) => !allowed.has(kind) && !ofOthers.includes(kind))).toEqual([]);
  });

  test('independent statements keep their order', async () => {
    const found = await singleMutants('javascript', 'f(a, b) {', '\n  this.a = a;\n  this.b = b;\n}');
    expect(found.map(([kind]) => kind)).not.toContain('wrong order');
  });

  test('operands of a sum keep their places, and a larger of two has no boundary', async () => {
    const kinds = async (body: string): Promise<readonly string[]> =>
      (await singleMutants('javascript', 'f(a, b, i) {', body)).map(([kind]) => kind);
    expect(await kinds('\n  i[a] = i[b];\n  return a + i.c + b;\n}')).toEqual(
      await kinds('\n  i[a] = i[b];\n  return b + i.c + a;\n}'),
    );
    expect(await kinds('\n  i += 1;\n  return i > 0 ? i : 0;\n}')).not.toContain('boundary');
    expect(await kinds('\n  i += 1;\n  return i > 0 ? i : 1;\n}')).toContain('boundary');
  });

  test('a shorthand property keeps its name, and no block is emptied', async () => {
    const kept = await singleMutants('javascript', 'f(a, b) {', '\n  a[0] = b[0];\n  return { a };\n}');
    expect(kept.map(([, body]) => body).join('\n')).not.toContain('{ b }');
    expect(await singleMutants('javascript', 'f(a) {', '\n  go(a);\n}')).toEqual([]);
  });

  test('a dropped statement takes the empty line with it that would stand alone', async () => {
    const found = await singleMutants('javascript', 'f(a) {', '\n  go(a);\n\n  a.stop();\n}');
    expect(found).toContainEqual(['missing statement', '\n  go(a);\n}']);
  });
});
