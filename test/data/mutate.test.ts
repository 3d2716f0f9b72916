import { parse } from 'acorn';
import { describe, expect, test } from 'vitest';
import { mutatePairs, type CorpusFunction } from '../../harness/data/index.ts';
import { drawTilted, fitTilts, meanSigns, noTilts } from '../../harness/data/mutate/balance.ts';
import { applyEdits, operators } from '../../harness/data/mutate/edit.ts';
import { parseFunction } from '../../harness/data/mutate/parse-function.ts';
import { editsByOperator, normalizeSpace } from '../../harness/data/mutate/propose.ts';
import { measureSurface, surfaceFeatures, surfaceSigns } from '../../harness/data/mutate/surface.ts';
import { randomStream } from '../../harness/random/index.ts';

const spec = { mutantsPerFunction: 3, maxEdits: 3, seed: 0 };

/** operator -> [signature, body, one of the bodies it must give]. */
const examples: Readonly<Record<(typeof operators)[number], readonly [string, string, string]>> = {
  'added argument': ['f(a, b) {', '\n  go(a);\n}', '\n  go(a, b);\n}'],
  'added await': ['async f(a) {', '\n  go(a);\n}', '\n  await go(a);\n}'],
  'added negation': ['f(a) {', '\n  if (a.ok) go();\n}', '\n  if (!a.ok) go();\n}'],
  'added operand': ['f(a, b) {', '\n  if (a) go(b);\n}', '\n  if (a && b) go(b);\n}'],
  'added property': ['f(a, b) {', '\n  go(a.size);\n  return b;\n}', '\n  go(a.size);\n  return b.size;\n}'],
  'added return': ['f(a) {', '\n  go(a);\n  stop();\n}', '\n  return go(a);\n  stop();\n}'],
  'added statement': [
    'f(a) {',
    '\n  a.next();\n  if (a.ok) {\n    go();\n  }\n}',
    '\n  a.next();\n  if (a.ok) {\n    a.next();\n    go();\n  }\n}',
  ],
  arithmetic: ['f(a, b) {', '\n  return (a) + (b);\n}', '\n  return (a) - (b);\n}'],
  assignment: ['f(a) {', '\n  a.n += 1;\n}', '\n  a.n -= 1;\n}'],
  boolean: ['f(a) {', '\n  a.ok = true;\n}', '\n  a.ok = false;\n}'],
  comparison: ['f(a, b) {', '\n  return a < b;\n}', '\n  return a <= b;\n}'],
  'dropped argument': ['f(a, b) {', '\n  go(a, b, 1);\n}', '\n  go(a, 1);\n}'],
  'dropped await': ['async f(a) {', '\n  return await go(a);\n}', '\n  return go(a);\n}'],
  'dropped negation': ['f(a) {', '\n  return !(a && go());\n}', '\n  return (a && go());\n}'],
  'dropped operand': ['f(a, b) {', '\n  return (a || b) && go();\n}', '\n  return (a || b);\n}'],
  'dropped property': ['f(a) {', '\n  return a.b.c;\n}', '\n  return a.b;\n}'],
  'dropped return': ['f(a) {', '\n  return go(a);\n}', '\n  go(a);\n}'],
  'dropped statement': ['f(a) {', '\n  if (!a) return;\n  go(a);\n}', '\n  go(a);\n}'],
  equality: ['f(a, b) {', '\n  return a === b;\n}', '\n  return a !== b;\n}'],
  increment: ['f(a) {', '\n  a.n++;\n}', '\n  a.n--;\n}'],
  jump: [
    'f(a) {',
    '\n  for (const x of a) {\n    if (x) break;\n  }\n}',
    '\n  for (const x of a) {\n    if (x) continue;\n  }\n}',
  ],
  logical: ['f(a, b) {', '\n  return a ?? b;\n}', '\n  return a || b;\n}'],
  'loop bound': [
    'f(a) {',
    '\n  for (let i = 0; i < 9; i++) go(a[i]);\n}',
    '\n  for (let i = 1; i < 9; i++) go(a[i]);\n}',
  ],
  number: ['f(a) {', '\n  return a * 2.5;\n}', '\n  return a * 3.5;\n}'],
  'off by one': ['f(a, i) {', '\n  return a[i];\n}', '\n  return a[i + 1];\n}'],
  'opposite name': ['f(a, b) {', '\n  return Math.min(a, b);\n}', '\n  return Math.max(a, b);\n}'],
  sign: ['f(a, b) {', '\n  return -a * b;\n}', '\n  return a * b;\n}'],
  'swapped arguments': ['f(a, b) {', '\n  go(a, b);\n}', '\n  go(b, a);\n}'],
  'swapped branches': ['f(a) {', '\n  return a ? go() : stop();\n}', '\n  return a ? stop() : go();\n}'],
  'swapped operands': ['f(a, b) {', '\n  return (a + 1) / b;\n}', '\n  return b / (a + 1);\n}'],
  'swapped statements': ['f(a) {', '\n  const b = a.next();\n  go(b);\n}', '\n  go(b);\n  const b = a.next();\n}'],
  'wrong callee': ['f(a) {', '\n  go(a);\n  stop(a);\n}', '\n  stop(a);\n  stop(a);\n}'],
  'wrong property': ['f(a) {', '\n  return a.x + a.w;\n}', '\n  return a.w + a.w;\n}'],
  'wrong return': ['f(a, b) {', '\n  return a;\n}', '\n  return b;\n}'],
  'wrong string': ['f(a) {', "\n  return a === 'on' ? 'yes' : a;\n}", "\n  return a === 'yes' ? 'yes' : a;\n}"],
  'wrong variable': ['f({ a }, [b] = []) {', '\n  go(a);\n}', '\n  go(b);\n}'],
};

describe('every operator', () => {
  test.each(Object.entries(examples))('%s', (operator, [signature, body, expected]) => {
    const fn = parseFunction(signature, body);
    const edits = (fn === null ? undefined : editsByOperator(fn).get(operator as (typeof operators)[number])) ?? [];
    expect(edits.map((edit) => applyEdits(body, [edit]))).toContain(expected);
  });
});

describe('what is no mistake is not made', () => {
  const bodies = (signature: string, body: string): string[] => {
    const fn = parseFunction(signature, body);
    return fn === null
      ? []
      : [...editsByOperator(fn).values()].flat().map((edit) => normalizeSpace(applyEdits(body, [edit])));
  };

  test('concatenation is not turned into a difference, and commutative operands stay', () => {
    expect(bodies('f(a) {', "return 'x' + a;}")).not.toContain("return 'x' - a;}");
    expect(bodies('f(a, b) {', 'return a + b;}')).not.toContain('return b + a;}');
  });

  test('independent assignments are not swapped, and a plain assignment is not repeated', () => {
    const found = bodies('f(a, b) {', '\n  this.a = a;\n  this.b = b;\n}');
    expect(found).not.toContain('this.b = b; this.a = a; }');
    expect(found).not.toContain('this.a = a; this.a = a; this.b = b; }');
  });

  test('a shorthand property keeps its name, and no block is emptied', () => {
    expect(bodies('f(a, b) {', 'return { a };}').join()).not.toContain('{ b }');
    expect(bodies('f(a) {', '\n  go(a);\n}')).not.toContain('}');
  });
});

function corpusFunction(id: number, prompt: string, body: string): CorpusFunction {
  return { id: `p/f.js:${id}:1`, package: 'p', file: 'f.js', line: id, prompt, body };
}

const functions = Array.from({ length: 40 }, (_, i) =>
  corpusFunction(
    i + 1,
    i % 2 === 0 ? '// Sums what is above.\nfunction sum(list, limit) {' : 'sum(list, limit) {',
    [
      '',
      `  let total = ${i};`,
      '  for (let i = 0; i < list.length; i++) {',
      '    if (list[i].value > limit && !list[i].skip) total += list[i].value;',
      '  }',
      '  return total;',
      '}',
    ].join('\n'),
  ),
);

describe('pairs', () => {
  const { pairs, counts } = mutatePairs(functions, spec);

  test('three a function, all different from the original and from each other, and all of them parse', () => {
    expect(pairs).toHaveLength(120);
    for (const fn of functions) {
      const own = pairs.filter((pair) => pair.group === fn.id);
      expect(new Set([fn.body, ...own.map((pair) => pair.rejected)].map(normalizeSpace)).size).toBe(4);
      for (const pair of own)
        expect(() =>
          parse(`({${pair.prompt}${pair.rejected}})`.replace('function sum', 'sum'), { ecmaVersion: 'latest' }),
        ).not.toThrow();
    }
  });

  test('the first forty are of forty functions, not in corpus order', () => {
    const first = pairs.slice(0, 40).map((pair) => pair.group);
    expect(new Set(first).size).toBe(40);
    expect(first).not.toEqual(functions.map((fn) => fn.id));
    expect(pairs.slice(40, 80).map((pair) => pair.group)).not.toEqual(first);
  });

  test('do not depend on the other functions, but on the seed', () => {
    const alone = mutatePairs(functions.slice(7, 9), spec).pairs;
    expect(alone).toEqual(pairs.filter((pair) => alone.some(({ id }) => id === pair.id)));
    expect(alone).toHaveLength(6);
    expect(mutatePairs(functions, { ...spec, seed: 1 }).pairs.map((pair) => pair.rejected)).not.toEqual(
      pairs.map((pair) => pair.rejected),
    );
  });

  test('say every edit with its line, and are counted by operator', () => {
    const single = mutatePairs([corpusFunction(1, 'function f(a) {', '\n  return a.x === 1;\n}')], {
      ...spec,
      maxEdits: 1,
      mutantsPerFunction: 20,
    }).pairs;
    expect(single.map((pair) => pair.edits)).toContainEqual(['equality: === -> !== (line 2)']);
    expect(single.every((pair) => pair.edits.length === 1)).toBe(true);
    const edits = pairs.flatMap((pair) => pair.edits);
    expect(
      Object.entries(counts)
        .filter(([reason]) => reason.startsWith('edit: '))
        .reduce((sum, [, count]) => sum + count, 0),
    ).toBe(edits.length);
    expect(Math.max(...pairs.map((pair) => pair.edits.length))).toBe(3);
  });

  test('count functions that give too few, none, or do not parse', () => {
    const { pairs: few, counts: why } = mutatePairs(
      [
        corpusFunction(1, 'f() {', '\n  return a;\n}'),
        corpusFunction(2, 'f() {', '\n  debugger;\n}'),
        corpusFunction(3, 'f( {', '\n  go(1);\n}'),
      ],
      spec,
    );
    expect(few.map((pair) => [pair.group, normalizeSpace(pair.rejected)])).toEqual([['p/f.js:1:1', 'return !a; }']]);
    expect([
      why['function: fewer mutants than wanted'],
      why['function: no mutant'],
      why['function: does not parse alone'],
    ]).toEqual([1, 1, 1]);
  });
});

describe('balance', () => {
  test('surface features by hand', () => {
    const value = (text: string, feature: (typeof surfaceFeatures)[number]): number | undefined =>
      measureSurface(text)[surfaceFeatures.indexOf(feature)];
    const text = "if (a1 == 10) {\n\treturn 'é' + a1;\n}";
    expect(
      ['characters', 'lines', 'letters', 'digits', 'spaces', '=', 'ones', 'zeros', 'quotes'].map((feature) =>
        value(text, feature as 'lines'),
      ),
    ).toEqual([35, 2, 10, 4, 8, 2, 3, 1, 2]);
    // if ( a1 = = 10 ) { return ' é ' + a1 ; }: 16 tokens, of which =, ', a1 occur twice.
    expect([value(text, 'tokens'), value(text, 'distinct tokens')]).toEqual([16, 13]);
    expect(value('aéa b', 'distinct characters')).toBe(4);
  });

  test('signs say what chosen has more of', () => {
    const signs = Object.fromEntries(
      surfaceFeatures.map((feature, index) => [feature, surfaceSigns('a!!', 'b!1x')[index]]),
    );
    expect(signs).toMatchObject({ characters: -1, '!': 1, digits: -1, order: -1, lines: 0, letters: -1 });
  });

  test('draws two opposite items in the ratio of their weights', () => {
    const item = (sign: number) => ({
      signs: Int8Array.from(surfaceFeatures, (feature) => (feature === 'lines' ? sign : 0)),
    });
    const [up, down] = [item(1), item(-1)];
    const random = randomStream(1, 'test');
    const share =
      Array.from(
        { length: 4000 },
        () => drawTilted([up, down], { ...noTilts, lines: 0.5 }, random, 1, () => true)[0],
      ).filter((drawn) => drawn === up).length / 4000;
    // e^0.5 / (e^0.5 + e^-0.5) = 1 / (1 + e^-1) = 0.731; standard error 0.007.
    expect(Math.abs(share - 0.731)).toBeLessThan(0.025);
  });

  test('fitting takes a one-sided set to a mean sign of zero', () => {
    // Each function offers one mutant that is longer and two that are shorter: untilted, chosen is longer in two of
    // three.
    const offer = [1, 1, -1].map((sign) => ({
      signs: Int8Array.from(surfaceFeatures, (feature) => (feature === 'characters' ? sign : 0)),
    }));
    const draw = (tilts: typeof noTilts): Float64Array => {
      const random = randomStream(2, 'test');
      return meanSigns(Array.from({ length: 2000 }, () => drawTilted(offer, tilts, random, 1, () => true)).flat());
    };
    const index = surfaceFeatures.indexOf('characters');
    expect(draw(noTilts)[index]).toBeGreaterThan(0.25);
    const fitted = fitTilts(draw);
    expect(Math.abs(draw(fitted)[index] ?? 1)).toBeLessThan(0.02);
    // 2 e^t = e^-t at t = -ln(2)/2 = -0.347.
    expect(fitted.characters).toBeCloseTo(-0.347, 1);
  });
});
