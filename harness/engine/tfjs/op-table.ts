/**
 * Graph operation -> calls of the tfjs API. Only kernels that all four backends have are used (the wasm and the native
 * ones lack some of the others'), so there is one table; the test suite holds the list.
 */
import type { OpTable } from '../../graph/index.ts';
import * as activations from './activation-ops.ts';
import type { Tf, TfTensor } from './backends.ts';
import * as layout from './layout-ops.ts';
import { matmul } from './matmul.ts';
import { norm, normInputGradient, normWeightGradient } from './norm-ops.ts';
import type { OpContext, OpValues } from './op-context.ts';
import * as rows from './row-ops.ts';

const unary =
  (f: (tf: Tf, x: TfTensor) => TfTensor) =>
  (_: unknown, [x]: OpValues, { tf }: OpContext): TfTensor =>
    f(tf, x!);
const binary =
  (f: (tf: Tf, a: TfTensor, b: TfTensor) => TfTensor) =>
  (_: unknown, [a, b]: OpValues, { tf }: OpContext): TfTensor =>
    f(tf, a!, b!);

export const tfjsOps: OpTable<[xs: OpValues, on: OpContext], TfTensor> = {
  input: (t) => {
    throw new Error(`input "${t.attributes.name}" has no value`);
  },
  constant: (t, _, { tf }) => tf.tensor(t.attributes.data, t.shape as number[]),
  stopGradient: unary(layout.alias),
  after: unary(layout.alias),
  add: binary((tf, a, b) => tf.add(a, b)),
  subtract: binary((tf, a, b) => tf.sub(a, b)),
  multiply: binary((tf, a, b) => tf.mul(a, b)),
  divide: binary((tf, a, b) => tf.div(a, b)),
  negate: unary((tf, x) => tf.neg(x)),
  exp: unary((tf, x) => tf.exp(x)),
  log: unary((tf, x) => tf.log(x)),
  sqrt: unary((tf, x) => tf.sqrt(x)),
  square: unary((tf, x) => tf.square(x)),
  reciprocal: unary((tf, x) => tf.reciprocal(x)),
  sigmoid: unary((tf, x) => tf.sigmoid(x)),
  tanh: unary((tf, x) => tf.tanh(x)),
  erf: unary((tf, x) => tf.erf(x)),
  softplus: unary(activations.softplus),
  silu: unary(activations.silu),
  siluDerivative: unary(activations.siluDerivative),
  gelu: unary(activations.gelu),
  geluDerivative: unary(activations.geluDerivative),
  matmul,
  reshape: layout.reshape,
  transpose: (t, [x], { tf }) => tf.transpose(x!, [...t.attributes.permutation]),
  slice: layout.slice,
  padAxis: layout.padAxis,
  concat: (t, xs, { tf }) => tf.concat([...xs], t.attributes.axis),
  takeRange: layout.takeRange,
  placeRange: layout.placeRange,
  broadcastLike: layout.broadcastLike,
  sizeOf: (t, [x], { tf }) => tf.scalar(t.attributes.axes.reduce((product, axis) => product * x!.shape[axis]!, 1)),
  sum: layout.sum,
  softmax: unary((tf, x) => tf.softmax(x)),
  gatherRows: rows.gatherRows,
  scatterAddRows: rows.scatterAddRows,
  padRows: rows.padRows,
  packRows: rows.packRows,
  rope: rows.rope,
  rmsNorm: norm,
  rmsNormInputGradient: normInputGradient,
  rmsNormWeightGradient: normWeightGradient,
  layerNorm: norm,
  layerNormInputGradient: normInputGradient,
  layerNormWeightGradient: normWeightGradient,
  crossEntropyRows: rows.crossEntropyRows,
  crossEntropyLogitsGradient: rows.crossEntropyLogitsGradient,
};
