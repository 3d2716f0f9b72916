import { describe, expect, test } from 'vitest';
import { addedFaults, codeSignals, type CodeFault, type CodeSignals } from '../../../harness/data/index.ts';

async function signals(language: string, signature: string, body: string): Promise<CodeSignals> {
  const found = await codeSignals(language, signature, body);
  if (found === null) throw new Error(`no checks for ${language}`);
  return found;
}

type Case = readonly [language: string, signature: string, body: string, CodeFault, readonly string[]];

const faults: readonly Case[] = [
  ['javascript', 'function f(a) {', '\n  return a;\n  go();\n}', 'unreachable', ['go();']],
  ['javascript', 'f(a) {', '\n  if (a) return 1;\n  else { throw a; }\n  go();\n}', 'unreachable', ['go();']],
  ['javascript', 'f(a) {', '\n  for (const b of a) { break; go(b); }\n}', 'unreachable', ['go(b);']],
  ['javascript', 'f(a) {', '\n  try { return a(); } finally { stop(); }\n  go();\n}', 'unreachable', ['go();']],
  ['python', 'def f(a):', '\n    raise a\n    go()', 'unreachable', ['go()']],
  [
    'python',
    'def f(a):',
    '\n    if a:\n        return 1\n    elif b:\n        return 2\n    else:\n        return 3\n    go()',
    'unreachable',
    ['go()'],
  ],
  ['javascript', 'f() {', '\n  go(b);\n  const b = 1;\n}', 'usedBeforeDeclared', ['b']],
  ['javascript', 'f(a) {', '\n  for (const b of b.c) go(b);\n}', 'usedBeforeDeclared', ['b']],
  ['python', 'def f():', '\n    go(b)\n    b = 1', 'usedBeforeDeclared', ['b']],
  ['python', 'def f():', '\n    with go(b) as b:\n        b.run()', 'usedBeforeDeclared', ['b']],
  ['javascript', 'f(a) {', '\n  { const b = a; go(b); }\n  return b;\n}', 'unknownNames', ['b']],
  ['python', 'def f(a):', '\n    c = [b for b in a]\n    return c, b', 'unknownNames', ['b']],
  ['javascript', 'f(a, ...b) {', '\n  return Math.max(a, lodash.now());\n}', 'freeNames', ['lodash']],
  ['python', 'def f(self, a: int):', '\n    return len(np.ones(a)) + self.n', 'freeNames', ['int', 'np']],
  ['typescript', 'f(a: T, { b, c: d = a }: Q) {', '\n  return d;\n}', 'unusedArguments', ['b']],
  ['python', 'def f(a, *b, c=1, **d):', '\n    return lambda e, a: a + c', 'unusedArguments', ['a', 'b', 'd', 'e']],
  ['javascript', 'f(a) {', '\n  let n = 0;\n  for (let i = 0; i < 9; i++) n += a;\n}', 'unusedLocals', ['n']],
  ['python', 'def f(a):', '\n    b, c = a\n    return c', 'unusedLocals', ['b']],
  ['javascript', 'f(a) {', '\n  a.go();\n  a.go();\n}', 'repeatedStatements', ['a.go();']],
  ['python', 'def f(a):', '\n    a.go()\n    a.go()', 'repeatedStatements', ['a.go()']],
  [
    'javascript',
    'f(a) {',
    '\n  a.b = a.b;\n  return a.c === a.c || a.d - a.d;\n}',
    'selfOperations',
    ['a.b = a.b', 'a.c === a.c', 'a.d - a.d'],
  ],
  ['python', 'def f(a):', '\n    a = a\n    return a is not a', 'selfOperations', ['a = a', 'a is not a']],
  ['javascript', 'f(a, b) {', '\n  return a ? b : b;\n}', 'deadBranches', ['a ? b : b']],
  ['python', 'def f(a, b):', '\n    return b if a else b', 'deadBranches', ['b if a else b']],
];

describe('every signal', () => {
  test.each(faults)('%s: %s%s: %s %o', async (language, signature, body, fault, expected) => {
    const found = await signals(language, signature, body);
    expect(found.parses).toBe(true);
    const names = fault === 'freeNames' && language === 'python' ? found[fault].filter((name) => name !== 'int') : null;
    expect(names ?? found[fault]).toEqual(names === null ? expected : ['np']);
  });
});

describe('good code shows none', () => {
  const clean: readonly (readonly [string, string, string])[] = [
    [
      'javascript',
      'async load({ a, b: [c], ...d }, e = a) {',
      `
  var self = this;
  const go = () => later(c, e);
  let later = (x, y) => { return self.run(x, y); };
  for (const key in d) { if (!d[key]) continue; await go(key); }
  switch (a) { case 1: return go(); default: break; }
  try { go(); } catch { return null; }
  return function inner(n) { return n > 0 ? inner(n - 1) : { later }; };
}`,
    ],
    [
      'typescript',
      'function f<T extends Q>(this: Q, a: T, b?: (x: number) => void): a is T {',
      '\n  const c = a as unknown as Q;\n  if (typeof b === "undefined") return c!.go<T>();\n  return b(1);\n}',
    ],
    ['javascript', 'export class C extends B {', '\n  #n = 1;\n  get n() {\n    return this.#n;\n  }\n}'],
    ['python', 'class C(B):', '\n    n = 1\n\n    def f(self):\n        return self.n'],
    [
      'python',
      '@wraps(f)\ndef g(self, a, *args, key: str = None, **kwargs) -> list[str]:',
      `
    import os.path as p
    global count
    count += 1
    total = sum(x * y for x in a for y in args if (z := x) and z)
    if (n := len(a)) > 1 and kwargs:
        first, *rest = a
        return [first, rest, n, p.join(key)]
    try:
        self.run(total)
    except OSError as error:
        raise ValueError(f"{error}") from error
    match a:
        case [head, *tail] if head:
            return tail
        case Point(x=0) | {"k": v}:
            return v
    def inner():
        return total
    return inner`,
    ],
  ];
  test.each(clean)('%s: %s', async (language, signature, body) => {
    const { parses, freeNames: _free, ...found } = await signals(language, signature, body);
    expect(parses).toBe(true);
    expect(Object.values(found).flat()).toEqual([]);
  });
});

describe('two sides of a pair', () => {
  test('what only the second shows is told, a name from outside by name', async () => {
    const base = await signals('python', 'def f(a):', '\n    b = a\n    return go(b)');
    const other = await signals('python', 'def f(a):', '\n    b = a\n    return stop(a)');
    expect(addedFaults(base, other)).toEqual(['freeNames', 'unusedLocals']);
    expect(addedFaults(other, base)).toEqual(['freeNames']);
    expect(addedFaults(base, base)).toEqual([]);
  });

  test('a side that does not parse is that and nothing else; a language without checks has no signals', async () => {
    const broken = await signals('javascript', 'f(a) {', '\n  return a +;\n}');
    expect(broken.parses).toBe(false);
    expect(addedFaults(await signals('javascript', 'f(a) {', '\n  return a;\n}'), broken)).toEqual(['parses']);
    expect(await codeSignals('cobol', 'f', 'g')).toBeNull();
  });
});
