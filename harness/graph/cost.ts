/**
 * What one run of a program costs, counted from shapes: multiply-adds as two operations, elementwise functions as one,
 * and bytes as every operation reading its inputs and writing its result once. An upper bound for an executor that
 * fuses.
 */
import type { Program } from './program.ts';
import type { Dim, OpKind, OpTable, Shape, Tensor } from './tensor.ts';
import { dispatch } from './tensor.ts';

export interface Cost {
  readonly flops: number;
  /** The part of `flops` in matrix products: what a peak-throughput figure can be compared with. */
  readonly matmulFlops: number;
  readonly bytes: number;
}

/**
 * Cost under the given sizes of the program's symbols; sizes that reshapes infer are worked out. Throws where a symbol
 * is not bound.
 */
export function costOf(program: Program, given: Readonly<Record<string, number>>): Cost {
  const bindings = bindSizes(program, given);
  const size: Size = (tensor) => sizeUnder(tensor.shape, bindings);
  return program.tensors
    .map((tensor) => operationCost(tensor, size))
    .reduce(addCosts, { flops: 0, matmulFlops: 0, bytes: 0 });
}

function operationCost(tensor: Tensor, size: Size): Cost {
  const flops = dispatch(operationCounts, tensor, size);
  return {
    flops,
    matmulFlops: tensor.op === 'matmul' ? flops : 0,
    bytes: movesNothing.has(tensor.op) ? 0 : bytesMoved(tensor, size),
  };
}

/** Of what is sliced, only the slice is read. */
function bytesMoved(tensor: Tensor, size: Size): number {
  if (tensor.op === 'slice' || tensor.op === 'takeRange') return 8 * size(tensor);
  return 4 * [tensor, ...tensor.inputs].reduce((total, other) => total + size(other), 0);
}

const movesNothing: ReadonlySet<OpKind> = new Set(['input', 'constant', 'reshape', 'stopGradient', 'after', 'sizeOf']);

function addCosts(a: Cost, b: Cost): Cost {
  return { flops: a.flops + b.flops, matmulFlops: a.matmulFlops + b.matmulFlops, bytes: a.bytes + b.bytes };
}

/** Symbol -> size: those given, and those that reshapes infer. */
export type Sizes = Readonly<Record<string, number>>;

/** The number of values of a shape. Throws where a symbol is not bound. */
export function sizeUnder(shape: Shape, sizes: Sizes): number {
  return shape.reduce<number>((product, dim) => product * bind(dim, sizes), 1);
}

/** A reshape's -1 names a symbol of its own: its size is whatever makes the number of values come out. */
export function bindSizes(program: Program, given: Sizes): Sizes {
  const bindings: Record<string, number> = { ...given };
  const product = (shape: Shape): number => sizeUnder(shape, bindings);
  for (const tensor of program.tensors) {
    const inferred = tensor.op === 'reshape' ? (tensor.attributes.sizes?.indexOf(-1) ?? -1) : -1;
    const symbol = tensor.shape[inferred];
    if (typeof symbol !== 'string' || symbol in bindings) continue;
    bindings[symbol] =
      product((tensor.inputs[0] as Tensor).shape) / product(tensor.shape.filter((_, axis) => axis !== inferred));
  }
  return bindings;
}

function bind(dim: Dim, bindings: Readonly<Record<string, number>>): number {
  if (typeof dim === 'number') return dim;
  const size = bindings[dim];
  if (size === undefined)
    throw new Error(`costOf: size "${dim}" is not bound; bound are ${Object.keys(bindings).join(', ') || 'none'}`);
  return size;
}

type Size = (tensor: Tensor) => number;

const none = (): number => 0;
const perResult =
  (count: number) =>
  (t: unknown, size: Size): number =>
    count * size(t as Tensor);
const perFirstInput =
  (count: number) =>
  (t: { readonly inputs: readonly Tensor[] }, size: Size): number =>
    count * size(t.inputs[0] as Tensor);

const operationCounts: OpTable<[size: Size], number> = {
  input: none,
  constant: none,
  add: perResult(1),
  subtract: perResult(1),
  multiply: perResult(1),
  divide: perResult(1),
  negate: perResult(1),
  exp: perResult(1),
  log: perResult(1),
  sqrt: perResult(1),
  square: perResult(1),
  reciprocal: perResult(1),
  sigmoid: perResult(3),
  tanh: perResult(3),
  erf: perResult(8),
  softplus: perResult(5),
  silu: perResult(4),
  siluDerivative: perResult(6),
  gelu: perResult(8),
  geluDerivative: perResult(14),
  matmul: (t, size) => {
    const a = t.inputs[0] as Tensor;
    const inner = a.shape.length - (t.attributes.transposeA ? 2 : 1);
    const innerSize = size({ ...a, shape: [a.shape[inner] as Dim] });
    return 2 * size(t) * innerSize;
  },
  reshape: none,
  transpose: none,
  slice: none,
  padAxis: none,
  concat: none,
  takeRange: none,
  placeRange: none,
  broadcastLike: none,
  sizeOf: none,
  sum: perFirstInput(1),
  softmax: perResult(5),
  gatherRows: none,
  scatterAddRows: perFirstInput(1),
  padRows: perResult(1),
  packRows: none,
  rope: perResult(3),
  rmsNorm: perResult(4),
  rmsNormInputGradient: perResult(8),
  rmsNormWeightGradient: perFirstInput(3),
  layerNorm: perResult(7),
  layerNormInputGradient: perResult(11),
  layerNormWeightGradient: perFirstInput(4),
  crossEntropyRows: perFirstInput(4),
  crossEntropyLogitsGradient: perResult(4),
  stopGradient: none,
  after: none,
};
