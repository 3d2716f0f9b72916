/** One float64 kernel per graph operation. */
import { dispatch, type OpTable, type Tensor } from '../../graph/index.ts';
import { sizeOf, type DenseArray } from './array.ts';
import {
  binary,
  erf,
  gelu,
  geluDerivative,
  sigmoid,
  siluDerivative,
  softplus,
  unary,
  type Kernel,
} from './elementwise-kernels.ts';
import * as layout from './layout-kernels.ts';
import * as rows from './row-kernels.ts';

/** The value of a tensor whose inputs have the values `inputs`. */
export function evaluateOp(tensor: Tensor, inputs: readonly DenseArray[]): DenseArray {
  return dispatch(kernels, tensor, inputs);
}

const plain =
  (kernel: Kernel) =>
  (_: unknown, inputs: readonly DenseArray[]): DenseArray =>
    kernel(inputs);
const identity = plain(([x]) => x!);
const rms = (t: { attributes: { epsilon: number } }): rows.NormKind => ({
  centres: false,
  epsilon: t.attributes.epsilon,
});
const layer = (t: { attributes: { epsilon: number } }): rows.NormKind => ({
  centres: true,
  epsilon: t.attributes.epsilon,
});

const kernels: OpTable<[inputs: readonly DenseArray[]], DenseArray> = {
  input: (t) => {
    throw new Error(`input "${t.attributes.name}" has no value`);
  },
  constant: (t) => ({ shape: t.shape as readonly number[], data: Float64Array.from(t.attributes.data) }),
  stopGradient: identity,
  after: identity,
  add: plain(binary((a, b) => a + b)),
  subtract: plain(binary((a, b) => a - b)),
  multiply: plain(binary((a, b) => a * b)),
  divide: plain(binary((a, b) => a / b)),
  negate: plain(unary((x) => -x)),
  exp: plain(unary(Math.exp)),
  log: plain(unary(Math.log)),
  sqrt: plain(unary(Math.sqrt)),
  square: plain(unary((x) => x * x)),
  reciprocal: plain(unary((x) => 1 / x)),
  sigmoid: plain(unary(sigmoid)),
  tanh: plain(unary(Math.tanh)),
  erf: plain(unary(erf)),
  softplus: plain(unary(softplus)),
  silu: plain(unary((x) => x * sigmoid(x))),
  siluDerivative: plain(unary(siluDerivative)),
  gelu: plain(unary(gelu)),
  geluDerivative: plain(unary(geluDerivative)),
  matmul: (t, [a, b]) => layout.matmul(a!, b!, t.attributes),
  reshape: (t, [x, like]) => ({ shape: like?.shape ?? reshaped(t, x!), data: x!.data }),
  transpose: (t, [x]) => layout.transpose(x!, t.attributes.permutation),
  slice: (t, [x]) => layout.slice(x!, t.attributes.axis, t.attributes.start, t.attributes.end),
  padAxis: (t, [x]) => layout.padAxis(x!, t.attributes.axis, t.attributes.before, t.attributes.after),
  concat: (t, inputs) => layout.concat(inputs, t.attributes.axis),
  takeRange: (t, [x, places]) => layout.slice(x!, t.attributes.axis, ...boundsOf(places!)),
  placeRange: (t, [x, places, like]) => {
    const [start, end] = boundsOf(places!);
    return layout.padAxis(x!, t.attributes.axis, start, like!.shape[t.attributes.axis]! - end);
  },
  broadcastLike: (_, [x, like]) => layout.broadcastLike(x!, like!),
  sizeOf: (t, [x]) => ({
    shape: [],
    data: Float64Array.of(t.attributes.axes.reduce((product, axis) => product * x!.shape[axis]!, 1)),
  }),
  sum: (t, [x]) => layout.sum(x!, t.attributes.axes, t.attributes.keepDims),
  softmax: plain(([x]) => rows.softmax(x!)),
  gatherRows: plain(rows.gatherRows),
  scatterAddRows: plain(rows.scatterAddRows),
  padRows: plain(rows.padRows),
  packRows: plain(rows.packRows),
  rope: (t, inputs) => rows.rope(inputs, t.attributes.headSize, t.attributes.inverse),
  rmsNorm: (t, inputs) => rows.norm(inputs, rms(t)),
  rmsNormInputGradient: (t, inputs) => rows.normInputGradient(inputs, rms(t)),
  rmsNormWeightGradient: (t, inputs) => rows.normWeightGradient(inputs, rms(t)),
  layerNorm: (t, inputs) => rows.norm(inputs, layer(t)),
  layerNormInputGradient: (t, inputs) => rows.normInputGradient(inputs, layer(t)),
  layerNormWeightGradient: (t, inputs) => rows.normWeightGradient(inputs, layer(t)),
  crossEntropyRows: plain(rows.crossEntropy),
  crossEntropyLogitsGradient: plain(rows.crossEntropyLogitsGradient),
};

/** Of numbers that follow one another: the first, and the one behind the last. */
function boundsOf({ data }: DenseArray): [start: number, end: number] {
  return [data[0] ?? 0, (data[0] ?? 0) + data.length];
}

/**
 * The target sizes of a reshape, with the inferred one worked out; without sizes only ones come and go, so the others
 * keep their order.
 */
function reshaped(t: Tensor & { readonly op: 'reshape' }, x: DenseArray): number[] {
  const { sizes } = t.attributes;
  if (sizes === null) {
    const others = x.shape.filter((_, axis) => t.inputs[0]!.shape[axis] !== 1);
    return t.shape.map((dim) => (dim === 1 ? 1 : others.shift()!));
  }
  const known = sizes.map((size, axis) => (size === 0 ? x.shape[axis]! : size));
  return known.map((size) => (size === -1 ? x.data.length / sizeOf(known.filter((other) => other !== -1)) : size));
}
