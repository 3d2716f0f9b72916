import { describe, expect, test } from 'vitest';
import * as g from '../../harness/graph/index.ts';
import type { Tensor } from '../../harness/graph/index.ts';

const x = g.input('x', ['N', 3]);
const w = g.input('w', [3, 4]);
const indices = g.input('indices', ['N'], 'int32');

describe('misuse is refused in words: the operation, the shapes and the names', () => {
  const refusals: readonly [string, () => unknown, string][] = [
    [
      'inner sizes',
      () => g.matmul(w, x),
      'matmul: inner sizes 4 and N differ (transposeA false, transposeB false); ' +
        'found input "w" [3, 4], input "x" [N, 3]',
    ],
    [
      'batch sizes',
      () => g.matmul(g.input('a', ['B', 2, 3]), g.input('b', ['C', 3, 2])),
      'matmul: leading dimensions differ; found input "a" [B, 2, 3], input "b" [C, 3, 2]',
    ],
    [
      'a vector factor',
      () => g.matmul(x, g.input('v', [3])),
      'matmul: both factors need the same number of dimensions, at least 2',
    ],
    [
      'broadcasting two symbols',
      () => g.add(g.input('a', ['N']), g.input('b', ['M'])),
      'add: sizes N and M do not broadcast; found input "a" [N], input "b" [M]',
    ],
    [
      'broadcasting a symbol to a number',
      () => g.multiply(x, g.input('b', [2, 3])),
      'multiply: sizes N and 2 do not broadcast',
    ],
    ['computing with indices', () => g.exp(indices), 'exp: float32 expected; found input "indices" [N] int32'],
    [
      'gathering by floats',
      () => g.gatherRows(w, g.input('i', ['N'])),
      'gatherRows: indices must be int32; found input "i" [N]',
    ],
    [
      'another number of values',
      () => g.reshape(w, [5, 2]),
      'reshape: [5, 2] holds another number of values; found input "w" [3, 4]',
    ],
    [
      'two sizes to infer',
      () => g.reshape(g.input('a', ['B', 'S', 3]), ['P', 'Q', 3]),
      'reshape: more than one size of [P, Q, 3] would have to be inferred',
    ],
    ['a missing axis', () => g.sum(x, [2]), 'sum: axis 2 does not exist; found input "x" [N, 3]'],
    ['an axis twice', () => g.sum(x, [1, -1]), 'sum: axes [1, -1] name one axis twice'],
    [
      'slicing a symbolic axis',
      () => g.slice(x, 0, 0, 1),
      'slice: the sliced size must be a number, not a symbol; found input "x" [N, 3]',
    ],
    ['slicing outside', () => g.slice(x, 1, 1, 4), 'slice: 1..4 lies outside axis 1'],
    ['a split that does not fill', () => g.split(x, [1, 1], 1), 'split: sizes 1 + 1 = 2 do not fill axis 1'],
    ['no permutation', () => g.transpose(x, [0, 0]), 'transpose: [0, 0] is no permutation of the axes'],
    [
      'unequal parts',
      () => g.concat([x, w], 1),
      'concat: all sizes except axis 1 must agree; found input "x" [N, 3], input "w" [3, 4]',
    ],
    [
      'an odd head size',
      () => g.rope(x, indices, g.constant({ shape: [1, 1], data: [1] }), g.constant({ shape: [1, 1], data: [0] }), 3),
      'rope: headSize 3 must be even and divide the width',
    ],
    [
      'targets of other rows',
      () => g.crossEntropyRows(x, g.input('t', ['L'], 'int32')),
      'crossEntropyRows: targets must have shape [N], found input "t" [L] int32',
    ],
    [
      'a weight of another width',
      () => g.rmsNorm(x, g.input('scale', [4]), 1e-6),
      'rmsNorm: weight must have shape [3], found input "scale" [4]',
    ],
    [
      'a constant of another size',
      () => g.constant({ shape: [2], data: [1, 2, 3] }),
      'constant: shape [2] holds 2 values, found 3',
    ],
    ['a dimension of 1.5', () => g.input('a', [1.5]), 'input "a": a dimension is a whole number or a name, found 1.5'],
  ];
  test.each(refusals)('%s', (_, build, message) => expect(build).toThrow(message));
});

describe('programs', () => {
  test('hold what the outputs reach, each tensor after its inputs', () => {
    const unused = g.exp(x);
    const y = g.matmul(x, w);
    const { tensors, inputs, symbols } = g.programOf({ outputs: { y: g.add(y, y) }, state: [] });
    expect(tensors).not.toContain(unused);
    for (const [position, tensor] of tensors.entries())
      for (const source of tensor.inputs) expect(tensors.indexOf(source)).toBeLessThan(position);
    expect(inputs.map((tensor) => tensor.attributes.name)).toEqual(['x', 'w']);
    expect(symbols).toEqual(['N']);
  });

  test('their state is not fed', () => {
    const { inputs } = g.programOf({
      outputs: { y: g.matmul(x, w) },
      state: [{ name: 'weights', input: w, next: g.negate(w) }],
    });
    expect(inputs.map((tensor) => tensor.attributes.name)).toEqual(['x']);
  });

  test('survive chains deeper than the call stack', () => {
    let y: Tensor = g.input('a', []);
    for (let i = 0; i < 20_000; i++) y = g.negate(y);
    expect(g.programOf({ outputs: { y }, state: [] }).tensors).toHaveLength(20_001);
  });

  test.each([
    [
      'an input name twice',
      () => g.programOf({ outputs: { y: g.add(x, g.input('x', ['N', 3])) }, state: [] }),
      'programOf: input names must be unique, found twice: x',
    ],
    [
      'a state name twice',
      () =>
        g.programOf({
          outputs: {},
          state: [w, g.input('v', [3, 4])].map((tensor) => ({ name: 'a', input: tensor, next: tensor })),
        }),
      'programOf: state names must be unique, found twice: a',
    ],
    [
      'a state that changes shape',
      () => g.programOf({ outputs: {}, state: [{ name: 'a', input: w, next: g.transpose(w, [1, 0]) }] }),
      'programOf: state "a" changes shape from input "w" [3, 4] to transpose#',
    ],
    [
      'a state of symbolic size',
      () => g.programOf({ outputs: {}, state: [{ name: 'a', input: x, next: x }] }),
      'programOf: state "a" needs a static shape, found input "x" [N, 3]',
    ],
    [
      'a state that its parts do not fill',
      () =>
        g.programOf({
          outputs: {},
          state: [{ name: 'a', input: g.input('v', [4]), next: g.input('u', [4]), parts: [{ name: 'b', shape: [3] }] }],
        }),
      'programOf: the parts of state "a" hold 3 values, found input "v" [4]',
    ],
    [
      'a part named as another state',
      () => {
        const [v, u] = [g.input('v', [4]), g.input('u', [4])];
        return g.programOf({
          outputs: {},
          state: [
            { name: 'a', input: v, next: v, parts: [{ name: 'b', shape: [2, 2] }] },
            { name: 'b', input: u, next: u },
          ],
        });
      },
      'programOf: state names must be unique, found twice: b',
    ],
    [
      'a state that starts from a result',
      () => g.programOf({ outputs: {}, state: [{ name: 'a', input: g.exp(w), next: w }] }),
      'programOf: state "a" must start from an input, found exp#',
    ],
  ])('refuse %s', (_, build, message) => expect(build).toThrow(message));
});

describe('the cost of a program', () => {
  test('counts a product as two operations per multiply-add, and each array once per operation', () => {
    // matmul [5,3] x [3,4]: 2 * 5*3*4 = 120 flops, reads 15 + 12, writes 20 floats; exp: 20 flops, reads 20, writes 20.
    const program = g.programOf({ outputs: { y: g.exp(g.matmul(x, w)) }, state: [] });
    expect(g.costOf(program, { N: 5 })).toEqual({ flops: 140, matmulFlops: 120, bytes: 4 * (47 + 40) });
  });

  test('counts of what is sliced only the slice', () => {
    const [first] = g.split(g.input('v', [1000]), [10, 990], 0) as [g.Tensor];
    expect(g.costOf(g.programOf({ outputs: { first }, state: [] }), {}).bytes).toBe(4 * (10 + 10));
  });

  test('a training step of matrix products costs three forward passes', () => {
    const hidden = g.input('hidden', ['N', 4]);
    const [a, b] = [g.input('a', [4, 6]), g.input('b', [6, 2])];
    const loss = g.sum(g.matmul(g.matmul(g.multiply(hidden, g.input('scale', [4])), a), b), [0, 1]);
    const scale = loss.inputs[0]!.inputs[0]!.inputs[0]!.inputs[1]!;
    const forward = g.costOf(g.programOf({ outputs: { loss }, state: [] }), { N: 10 }).matmulFlops;
    const [da, db, ds] = g.gradients(loss, [a, b, scale]) as [Tensor, Tensor, Tensor];
    const both = g.costOf(g.programOf({ outputs: { loss, da, db, ds }, state: [] }), { N: 10 }).matmulFlops;
    expect(both).toBe(3 * forward);
  });

  test('counts the transposed factor by its own inner size', () => {
    const y = g.matmul(x, g.input('v', [7, 3]), { transposeB: true });
    expect(g.costOf(g.programOf({ outputs: { y }, state: [] }), { N: 2 }).matmulFlops).toBe(2 * 2 * 3 * 7);
  });

  test('works out sizes that a reshape infers', () => {
    // [B,4,3] as [M,3]: M = 4 B = 8, so the product is 2 * 8*3*4 flops.
    const y = g.matmul(g.reshape(g.input('a', ['B', 4, 3]), ['M', 3]), w);
    expect(g.costOf(g.programOf({ outputs: { y }, state: [] }), { B: 2 }).matmulFlops).toBe(192);
  });

  test('needs every size', () => {
    expect(() => g.costOf(g.programOf({ outputs: { y: g.exp(x) }, state: [] }), { M: 5 })).toThrow(
      'size "N" is not bound; bound are M',
    );
  });
});

describe('operations that undo each other', () => {
  test('are left out: a reshape there and back, and a split of what was put together', () => {
    const flat = g.reshape(w, [12]);
    expect(g.reshape(flat, [3, 4])).toBe(w);
    expect(g.reshape(flat, [2, 6]).op).toBe('reshape');
    const [a, b] = [g.input('a', [2]), g.input('b', [3])];
    expect(g.split(g.concat([a, b], 0), [2, 3], 0)).toEqual([a, b]);
    expect(g.split(g.concat([a, b], 0), [3, 2], 0).map(({ op }) => op)).toEqual(['slice', 'slice']);
  });
});
