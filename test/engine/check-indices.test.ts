import { describe, expect, test } from 'vitest';
import { bindFeeds } from '../../harness/engine/bind-feeds.ts';
import { checkIndices, indexBounds } from '../../harness/engine/check-indices.ts';
import type { Feeds } from '../../harness/engine/index.ts';
import * as g from '../../harness/graph/index.ts';

/**
 * Every way to read rows by fed indices: N = 3 packed rows in B = 2 rows of S = 2 slots, tables of 4 and 5 rows, 6
 * classes.
 */
function program(): g.Program {
  const indices = (name: string, ...shape: g.Dim[]): g.Tensor => g.input(name, shape, 'int32');
  const [padIndex, packIndex, padMask] = [
    indices('padIndex', 'B', 'S'),
    indices('packIndex', 'N'),
    g.input('padMask', ['B', 'S']),
  ];
  const rows = g.gatherRows(g.input('table', [4, 6]), indices('tokens', 'N'));
  const turned = g.rope(rows, indices('positions', 'N'), g.input('cos', [5, 3]), g.input('sin', [5, 3]), 6);
  const packed = g.packRows(g.padRows(turned, padIndex, packIndex, padMask), packIndex, padIndex, padMask);
  const scattered = g.scatterAddRows(packed, indices('places', 'N'), g.input('like', [7, 6]));
  return g.programOf({
    outputs: { losses: g.crossEntropyRows(packed, indices('targets', 'N')), scattered },
    state: [],
  });
}

const largest = { tokens: 3, positions: 4, packIndex: 3, padIndex: 2, places: 6, targets: 5 } as const;
type Name = keyof typeof largest;

function feeds(change: Partial<Record<Name, number>> = {}): Feeds {
  const index = (name: Name, shape: readonly number[]): Feeds[string] => ({
    shape,
    data: new Int32Array(shape.reduce((a, b) => a * b, 1)).fill(change[name] ?? largest[name], -1),
  });
  const floats = (...shape: number[]): Feeds[string] => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });
  return {
    tokens: index('tokens', [3]),
    positions: index('positions', [3]),
    packIndex: index('packIndex', [3]),
    padIndex: index('padIndex', [2, 2]),
    places: index('places', [3]),
    targets: index('targets', [3]),
    padMask: floats(2, 2),
    table: floats(4, 6),
    cos: floats(5, 3),
    sin: floats(5, 3),
    like: floats(7, 6),
  };
}

describe('fed indices', () => {
  const built = program();
  const check = (given: Feeds): void => checkIndices(indexBounds(built), bindFeeds(built, given));

  test('may be as large as their rows allow', () => check(feeds()));

  test.each(Object.entries(largest) as [Name, number][])(
    '%s above %i, or below 0, is refused by name',
    (name, bound) => {
      expect(() => check(feeds({ [name]: bound + 1 }))).toThrow(`run: input "${name}"`);
      expect(() => check(feeds({ [name]: bound + 1 }))).toThrow(`holds ${bound + 1}`);
      expect(() => check(feeds({ [name]: -1 }))).toThrow(`reads from ${bound + 1} rows with it`);
    },
  );

  test('into rows that nothing fed tells the number of are not judged', () => {
    const rows = g.reshape(g.input('x', ['B', 'S', 3]), ['M', 3]);
    const open = g.programOf({ outputs: { y: g.gatherRows(rows, g.input('index', ['K'], 'int32')) }, state: [] });
    checkIndices(
      indexBounds(open),
      bindFeeds(open, {
        x: { data: new Float32Array(12), shape: [2, 2, 3] },
        index: { data: Int32Array.of(99), shape: [1] },
      }),
    );
  });
});
