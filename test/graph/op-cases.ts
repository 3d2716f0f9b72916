/**
 * One or more small programs per operation, with random data under two bindings of the symbols. Two suites walk this
 * table: gradients against finite differences, and ONNX Runtime against the float64 reference. An operation without a
 * case is a type error.
 */
import * as g from '../../harness/graph/index.ts';
import type { DataType, OpKind, Shape, Tensor } from '../../harness/graph/index.ts';
import { randomStream, type RandomStream } from '../../harness/random/index.ts';

export type Bindings = Readonly<Record<string, number>>;

/** Two batch shapes; N packed rows fill B rows of at most S slots. */
export const BINDINGS: readonly Bindings[] = [
  { B: 2, S: 4, N: 6, L: 3 },
  { B: 3, S: 5, N: 9, L: 7 },
];

type Fill = (random: RandomStream, size: number, bindings: Bindings) => number[];

export interface CaseInput {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DataType;
  readonly fill: Fill;
  /** Whether the gradient with respect to it is checked. */
  readonly isChecked: boolean;
}

export interface OpCase {
  readonly title: string;
  readonly inputs: readonly CaseInput[];
  readonly build: (inputs: readonly Tensor[]) => Tensor;
}

/** Operations that appear only in gradients, with the operation whose cases exercise them. */
export const GRADIENT_ONLY = {
  siluDerivative: 'silu',
  geluDerivative: 'gelu',
  rmsNormInputGradient: 'rmsNorm',
  rmsNormWeightGradient: 'rmsNorm',
  layerNormInputGradient: 'layerNorm',
  layerNormWeightGradient: 'layerNorm',
  crossEntropyLogitsGradient: 'crossEntropyRows',
  padAxis: 'slice',
  placeRange: 'takeRange',
} as const satisfies Partial<Record<OpKind, OpKind>>;

/** Operations whose gradient is nothing to measure: their tests are elsewhere in the suite. */
export type Sources = 'input' | 'constant' | 'stopGradient' | 'sizeOf';
export type CheckedKind = Exclude<OpKind, keyof typeof GRADIENT_ONLY | Sources>;

const normal: Fill = (random, size) => Array.from({ length: size }, () => random.normal());
const wide: Fill = (random, size) => Array.from({ length: size }, () => 4 * random.normal());
const positive: Fill = (random, size) => Array.from({ length: size }, () => 0.5 + random.uniform());
const below =
  (bound: number): Fill =>
  (random, size) =>
    Array.from({ length: size }, () => random.integer(bound));

const counted = (start: number, size: number): number[] => Array.from({ length: size }, (_, index) => start + index);

const x = (shape: Shape, fill: Fill = normal, name = 'x'): CaseInput => ({
  name,
  shape,
  dtype: 'float32',
  fill,
  isChecked: true,
});
const indices = (name: string, shape: Shape, fill: Fill): CaseInput => ({
  name,
  shape,
  dtype: 'int32',
  fill,
  isChecked: false,
});
const fixed = (name: string, shape: Shape, fill: Fill): CaseInput => ({
  name,
  shape,
  dtype: 'float32',
  fill,
  isChecked: false,
});

const unary = (op: (x: Tensor) => Tensor, fill: Fill = wide): readonly OpCase[] => [
  { title: 'over a symbolic axis', inputs: [x(['N', 3], fill)], build: ([a]) => op(a!) },
];

const binary = (op: (a: Tensor, b: Tensor) => Tensor): readonly OpCase[] => [
  { title: 'equal shapes', inputs: [x(['N', 3]), x(['N', 3], positive, 'y')], build: ([a, b]) => op(a!, b!) },
  {
    title: 'a row, a column and a scalar broadcast',
    inputs: [x(['N', 1]), x([3], positive, 'y'), x([], positive, 'z')],
    build: ([a, b, c]) => op(op(a!, b!), c!),
  },
  { title: 'a smaller left side', inputs: [x([4, 1]), x(['B', 4, 'S'], positive, 'y')], build: ([a, b]) => op(a!, b!) },
  { title: 'with itself', inputs: [x([2, 3], positive)], build: ([a]) => op(a!, a!) },
];

const matmulCases: readonly OpCase[] = [false, true].flatMap((transposeA) =>
  [false, true].flatMap((transposeB): OpCase[] => {
    const options = { transposeA, transposeB, scale: 0.5 };
    const told = `transposeA ${transposeA}, transposeB ${transposeB}`;
    const right = transposeB ? [5, 3] : [3, 5];
    const lastTwo = (rows: g.Dim, columns: g.Dim, isSwapped: boolean): g.Dim[] =>
      isSwapped ? [columns, rows] : [rows, columns];
    return [
      {
        title: `matrices, ${told}`,
        inputs: [x(transposeA ? [3, 'N'] : ['N', 3]), x(right, normal, 'y')],
        build: ([a, b]) => g.matmul(a!, b!, options),
      },
      {
        title: `stacks, ${told}`,
        inputs: [x(['B', 2, ...lastTwo('S', 3, transposeA)]), x(['B', 2, ...lastTwo(3, 'S', transposeB)], normal, 'y')],
        build: ([a, b]) => g.matmul(a!, b!, options),
      },
    ];
  }),
);

/** Row 0 fills its S slots; the other packed rows are dealt round to the other rows. */
function packing({ B = 0, S = 0, N = 0 }: Bindings): { padIndex: number[]; packIndex: number[]; padMask: number[] } {
  const lengths = Array.from({ length: B }, (_, row) => (row === 0 ? S : 0));
  for (let rest = N - S, row = 1; rest > 0; rest--, row = (row % (B - 1)) + 1) lengths[row]! += 1;
  const packIndex = lengths.flatMap((length, row) => Array.from({ length }, (_, slot) => row * S + slot));
  const padIndex = Array.from({ length: B * S }, (_, slot) => Math.max(0, packIndex.indexOf(slot)));
  return { packIndex, padIndex, padMask: padIndex.map((_, slot) => (packIndex.includes(slot) ? 1 : 0)) };
}

const packingInputs: readonly CaseInput[] = [
  indices('padIndex', ['B', 'S'], (_, __, bindings) => packing(bindings).padIndex),
  indices('packIndex', ['N'], (_, __, bindings) => packing(bindings).packIndex),
  fixed('padMask', ['B', 'S'], (_, __, bindings) => packing(bindings).padMask),
];

const HEADS = 2;
const HEAD_SIZE = 4;

export const opCases: { readonly [K in CheckedKind]: readonly OpCase[] } = {
  add: binary(g.add),
  subtract: binary(g.subtract),
  multiply: binary(g.multiply),
  divide: binary((a, b) => g.divide(a, b)),
  negate: unary(g.negate),
  exp: unary(g.exp, normal),
  log: unary(g.log, positive),
  sqrt: unary(g.sqrt, positive),
  square: unary(g.square),
  reciprocal: unary(g.reciprocal, positive),
  sigmoid: unary(g.sigmoid),
  tanh: unary(g.tanh),
  erf: unary(g.erf),
  softplus: unary(g.softplus),
  silu: unary(g.silu),
  gelu: unary(g.gelu),
  matmul: [
    ...matmulCases,
    {
      title: 'added onto a matrix',
      inputs: [x(['N', 3]), x([3, 5], normal, 'y'), x(['N', 5], normal, 'c')],
      build: ([a, b, c]) => g.add(c!, g.matmul(a!, b!)),
    },
    {
      title: 'added to a bias',
      inputs: [x(['N', 3]), x([3, 5], normal, 'y'), x([5], normal, 'c')],
      build: ([a, b, c]) => g.add(g.matmul(a!, b!), c!),
    },
    {
      title: 'added to a larger array',
      inputs: [x([4, 3]), x([3, 5], normal, 'y'), x(['B', 4, 5], normal, 'c')],
      build: ([a, b, c]) => g.add(g.matmul(a!, b!), c!),
    },
    {
      title: 'added to a column',
      inputs: [x(['N', 3]), x([3, 5], normal, 'y'), x(['N', 1], normal, 'c')],
      build: ([a, b, c]) => g.add(g.matmul(a!, b!), c!),
    },
    {
      title: 'the same factors, with and without transposition',
      inputs: [x([3, 3]), x([3, 3], normal, 'y')],
      build: ([a, b]) => g.multiply(g.matmul(a!, b!), g.matmul(a!, b!, { transposeB: true })),
    },
    {
      title: 'a product added to itself',
      inputs: [x(['N', 3]), x([3, 5], normal, 'y')],
      build: ([a, b]) => ((y) => g.add(y, y))(g.matmul(a!, b!)),
    },
    {
      title: 'two products added',
      inputs: [x(['N', 3]), x([3, 5], normal, 'y')],
      build: ([a, b]) => g.add(g.matmul(a!, b!), g.matmul(a!, b!, { scale: 2 })),
    },
  ],
  reshape: [
    { title: 'splits a static axis', inputs: [x(['B', 'S', 6])], build: ([a]) => g.reshape(a!, ['B', 'S', 2, 3]) },
    { title: 'infers a symbol from another', inputs: [x(['B', 4, 3])], build: ([a]) => g.reshape(a!, ['M', 3]) },
    { title: 'infers a symbol from two others', inputs: [x(['B', 'S', 3])], build: ([a]) => g.reshape(a!, ['M', 3]) },
    {
      title: 'inserts and removes sizes of 1',
      inputs: [x(['B', 1, 'S', 3])],
      build: ([a]) => g.reshape(a!, [1, 'B', 'S', 1, 3]),
    },
  ],
  after: [
    {
      title: 'values of others, of other shapes',
      inputs: [x(['N']), fixed('y', ['B', 2], normal), fixed('z', [4], normal)],
      build: ([a, b, c]) => g.after(a!, [g.square(b!), c!]),
    },
    {
      title: 'indices',
      inputs: [x([5, 2]), indices('indices', ['N'], below(5)), fixed('y', ['B', 2], normal)],
      build: ([a, indices, c]) => g.gatherRows(a!, g.after(indices!, [c!])),
    },
  ],
  transpose: [
    { title: 'two axes', inputs: [x(['N', 3])], build: ([a]) => g.transpose(a!, [1, 0]) },
    { title: 'heads', inputs: [x(['B', 'S', 2, 3])], build: ([a]) => g.transpose(a!, [0, 2, 1, 3]) },
    { title: 'no symmetric permutation', inputs: [x(['B', 'S', 3])], build: ([a]) => g.transpose(a!, [2, 0, 1]) },
  ],
  slice: [
    { title: 'the middle of the last axis', inputs: [x(['N', 5])], build: ([a]) => g.slice(a!, -1, 1, 4) },
    {
      title: 'overlapping slices',
      inputs: [x([5, 'N'])],
      build: ([a]) => g.concat([g.slice(a!, 0, 0, 3), g.slice(a!, 0, 2, 5)], 0),
    },
    {
      title: 'a split',
      inputs: [x(['N', 6])],
      build: ([a]) => ((parts) => g.multiply(parts[0]!, g.multiply(parts[1]!, parts[2]!)))(g.split(a!, [2, 2, 2], 1)),
    },
  ],
  takeRange: [
    {
      title: 'the middle of a symbolic axis',
      inputs: [x(['B', 2, 'N', 3]), indices('places', ['L'], (_, size) => counted(1, size))],
      build: ([a, places]) => g.takeRange(a!, 2, places!),
    },
    {
      title: 'overlapping ranges of the first axis, and its beginning and end',
      inputs: [
        x(['N', 3]),
        indices('first', ['B'], (_, size) => counted(0, size)),
        indices('last', ['S'], (_, size, { N = 0 }) => counted(N - size, size)),
      ],
      build: ([a, first, last]) => {
        const ends = g.takeRange(a!, 0, last!);
        return g.multiply(g.sum(g.takeRange(g.square(a!), 0, first!), [0]), ends);
      },
    },
    {
      title: 'all of the last axis',
      inputs: [x([2, 'N']), indices('places', ['N'], (_, size) => counted(0, size))],
      build: ([a, places]) => g.takeRange(a!, -1, places!),
    },
  ],
  concat: [
    {
      title: 'three parts',
      inputs: [x(['N', 2]), x(['N', 1], normal, 'y'), x(['N', 3], normal, 'z')],
      build: (parts) => g.concat(parts, 1),
    },
    { title: 'the same part twice', inputs: [x([2, 'N'])], build: ([a]) => g.concat([a!, a!], 0) },
  ],
  broadcastLike: [
    {
      title: 'a column to a matrix',
      inputs: [x(['N', 1]), x(['N', 4], normal, 'y')],
      build: ([a, b]) => g.add(g.square(g.broadcastLike(a!, b!)), b!),
    },
  ],
  sum: [
    { title: 'a leading symbolic axis', inputs: [x(['N', 3])], build: ([a]) => g.sum(a!, [0]) },
    { title: 'the last axis, kept', inputs: [x(['B', 'S', 3])], build: ([a]) => g.sum(a!, [-1], true) },
    { title: 'a middle axis', inputs: [x(['B', 'S', 3])], build: ([a]) => g.sum(a!, [1]) },
    { title: 'the first of three axes', inputs: [x(['B', 'S', 'L'])], build: ([a]) => g.sum(a!, [0]) },
    { title: 'of squares', inputs: [x([4, 3])], build: ([a]) => g.sum(g.square(g.reshape(a!, [12])), [0]) },
    { title: 'all axes', inputs: [x(['N', 3])], build: ([a]) => g.sum(a!, [0, 1]) },
    {
      title: 'means over symbolic and static axes',
      inputs: [x(['N', 4])],
      build: ([a]) => g.add(g.mean(a!, [0, 1]), g.mean(g.square(a!), [1])),
    },
  ],
  softmax: [
    { title: 'over a symbolic axis', inputs: [x(['B', 2, 'S'], wide)], build: ([a]) => g.softmax(a!) },
    {
      title: 'as attention weights',
      inputs: [x(['B', 'S', 'S'], wide), x(['B', 'S', 3], normal, 'v')],
      build: ([a, v]) => g.matmul(g.softmax(a!), v!, { scale: 0.7 }),
    },
    {
      title: 'as weights of themselves',
      inputs: [x(['B', 3, 3])],
      build: ([a]) => ((y) => g.matmul(y, y))(g.softmax(a!)),
    },
    {
      title: 'as weights and as a result',
      inputs: [x(['B', 3, 3]), x(['B', 3, 3], normal, 'v')],
      build: ([a, v]) => ((y) => g.add(g.matmul(y, v!), y))(g.softmax(a!)),
    },
  ],
  gatherRows: [
    {
      title: 'repeated rows',
      inputs: [x([4, 3]), indices('indices', ['N'], below(4))],
      build: ([table, i]) => g.gatherRows(table!, i!),
    },
    {
      title: 'indices of two axes',
      inputs: [x([5, 2]), indices('indices', ['B', 'S'], below(5))],
      build: ([table, i]) => g.gatherRows(table!, i!),
    },
    {
      title: 'single values',
      inputs: [x([5]), indices('indices', ['N'], below(5))],
      build: ([table, i]) => g.gatherRows(table!, i!),
    },
  ],
  scatterAddRows: [
    {
      title: 'repeated rows, added to a matrix and alone',
      inputs: [x(['N', 3]), indices('indices', ['N'], below(4)), x([4, 3], normal, 'like')],
      build: ([updates, i, like]) =>
        g.multiply(
          g.add(g.scatterAddRows(updates!, i!, like!), like!),
          g.scatterAddRows(g.square(updates!), i!, like!),
        ),
    },
    {
      title: 'added to a row',
      inputs: [x(['N', 3]), indices('indices', ['N'], below(4)), fixed('like', [4, 3], normal), x([3], normal, 'row')],
      build: ([updates, i, like, row]) => g.add(g.scatterAddRows(updates!, i!, like!), row!),
    },
    {
      title: 'two scatters added',
      inputs: [x(['N', 3]), indices('indices', ['N'], below(4)), x([4, 3], normal, 'like')],
      build: ([updates, i, like]) =>
        g.add(g.scatterAddRows(updates!, i!, like!), g.add(g.scatterAddRows(g.exp(updates!), i!, like!), like!)),
    },
  ],
  padRows: [
    {
      title: 'rows of unequal length',
      inputs: [x(['N', 3]), ...packingInputs],
      build: ([rows, pad, pack, mask]) => g.padRows(rows!, pad!, pack!, mask!),
    },
    {
      title: 'split into heads and also used whole',
      inputs: [x(['N', 6]), ...packingInputs],
      build: ([rows, pad, pack, mask]) => {
        const padded = g.padRows(rows!, pad!, pack!, mask!);
        const heads = g.transpose(g.reshape(padded, ['B', 'S', 2, 3]), [0, 2, 1, 3]);
        return g.add(g.sum(g.square(heads), [1, 3]), g.sum(padded, [2]));
      },
    },
    {
      title: 'then split into heads',
      inputs: [x(['N', 6]), ...packingInputs],
      build: ([rows, pad, pack, mask]) =>
        g.transpose(g.reshape(g.padRows(rows!, pad!, pack!, mask!), ['B', 'S', 2, 3]), [0, 2, 1, 3]),
    },
  ],
  packRows: [
    {
      title: 'rows of unequal length',
      inputs: [x(['B', 'S', 3]), ...packingInputs],
      build: ([padded, pad, pack, mask]) => g.packRows(padded!, pack!, pad!, mask!),
    },
    {
      title: 'of joined heads',
      inputs: [x(['B', 2, 'S', 3]), ...packingInputs],
      build: ([padded, pad, pack, mask]) =>
        g.packRows(g.reshape(g.transpose(padded!, [0, 2, 1, 3]), ['B', 'S', 6]), pack!, pad!, mask!),
    },
  ],
  rope: [
    {
      title: 'two heads',
      inputs: [
        x(['N', HEADS * HEAD_SIZE]),
        indices('positions', ['N'], below(6)),
        fixed('cosTable', [6, HEAD_SIZE / 2], (_, size) => Array.from({ length: size }, (__, i) => Math.cos(0.7 * i))),
        fixed('sinTable', [6, HEAD_SIZE / 2], (_, size) => Array.from({ length: size }, (__, i) => Math.sin(0.7 * i))),
      ],
      build: ([rows, positions, cosTable, sinTable]) => g.rope(rows!, positions!, cosTable!, sinTable!, HEAD_SIZE),
    },
  ],
  rmsNorm: [
    { title: 'rows', inputs: [x(['N', 5]), x([5], positive, 'weight')], build: ([a, w]) => g.rmsNorm(a!, w!, 1e-3) },
    {
      title: 'rows of three axes',
      inputs: [x(['B', 'S', 5]), x([5], normal, 'weight')],
      build: ([a, w]) => g.rmsNorm(a!, w!, 1e-6),
    },
  ],
  layerNorm: [
    {
      title: 'rows',
      inputs: [x(['N', 5]), x([5], positive, 'weight'), x([5], normal, 'bias')],
      build: ([a, w, b]) => g.layerNorm(a!, w!, b!, 1e-3),
    },
    {
      title: 'the same rows twice with other constants',
      inputs: [x(['N', 5]), x([5], positive, 'weight'), x([5], normal, 'bias')],
      build: ([a, w, b]) => g.multiply(g.layerNorm(a!, w!, b!, 1e-1), g.layerNorm(a!, w!, g.square(b!), 1e-5)),
    },
    {
      title: 'rows of three axes',
      inputs: [x(['B', 'S', 5]), x([5], normal, 'weight'), x([5], normal, 'bias')],
      build: ([a, w, b]) => g.layerNorm(a!, w!, b!, 1e-5),
    },
  ],
  crossEntropyRows: [
    {
      title: 'some rows',
      inputs: [x(['L', 5], wide), indices('targets', ['L'], below(5))],
      build: ([logits, t]) => g.crossEntropyRows(logits!, t!),
    },
    {
      title: 'behind a projection',
      inputs: [x(['L', 3]), x([3, 7], normal, 'head'), indices('targets', ['L'], below(7))],
      build: ([h, head, t]) => g.crossEntropyRows(g.matmul(h!, head!), t!),
    },
    {
      title: 'behind a tied projection',
      inputs: [x(['L', 3]), x([7, 3], normal, 'table'), indices('targets', ['L'], below(7))],
      build: ([h, table, t]) => g.crossEntropyRows(g.matmul(h!, table!, { transposeB: true }), t!),
    },
  ],
};

export const allCases: readonly { readonly kind: CheckedKind; readonly opCase: OpCase }[] = (
  Object.keys(opCases) as CheckedKind[]
).flatMap((kind) => opCases[kind].map((opCase) => ({ kind, opCase })));

/** The program of a case: its result y, the loss sum(y * weights), and the loss gradient of every checked input. */
export function caseProgram(opCase: OpCase): {
  program: g.Program;
  inputs: readonly Tensor[];
  y: Tensor;
  loss: Tensor;
} {
  const inputs = opCase.inputs.map(({ name, shape, dtype }) => g.input(name, shape, dtype));
  const y = opCase.build(inputs);
  const weights = g.input('weights', y.shape);
  const loss = g.sum(
    g.multiply(y, weights),
    y.shape.map((_, axis) => axis),
  );
  const checked = inputs.filter((_, index) => opCase.inputs[index]!.isChecked);
  const gradients = g.gradients(loss, checked);
  const outputs = Object.fromEntries(
    gradients.map((gradient, index) => [`gradient of ${nameOf(checked[index]!)}`, gradient]),
  );
  return {
    program: g.programOf({ outputs: { y, loss, ...outputs }, state: [] }),
    inputs: [...inputs, weights],
    y,
    loss,
  };
}

/** Random values of every input under `bindings`, the result's weights included, as plain numbers. */
export function caseValues(
  opCase: OpCase,
  y: Tensor,
  bindings: Bindings,
): Map<string, { shape: number[]; values: number[]; dtype: DataType }> {
  const random = randomStream(17, opCase.title, JSON.stringify(bindings));
  const weights: CaseInput = { name: 'weights', shape: y.shape, dtype: 'float32', fill: normal, isChecked: false };
  const bind = (dim: g.Dim): number =>
    typeof dim === 'number' ? dim : dim === 'M' ? inferredSize(opCase, y, bindings) : bindings[dim]!;
  return new Map(
    [...opCase.inputs, weights].map(({ name, shape, dtype, fill }) => {
      const bound = shape.map(bind);
      const values = fill(
        random,
        bound.reduce((a, b) => a * b, 1),
        bindings,
      );
      return [name, { shape: bound, values: dtype === 'float32' ? values.map(Math.fround) : values, dtype }];
    }),
  );
}

/** Only reshapes of a single input invent the symbol M. */
function inferredSize(opCase: OpCase, y: Tensor, bindings: Bindings): number {
  const sizeOf = (dims: Shape): number =>
    dims.reduce<number>((size, dim) => size * (typeof dim === 'number' ? dim : bindings[dim]!), 1);
  return sizeOf(opCase.inputs[0]!.shape) / sizeOf(y.shape.filter((dim) => dim !== 'M'));
}

function nameOf(tensor: Tensor): string {
  return tensor.op === 'input' ? tensor.attributes.name : g.describe(tensor);
}
