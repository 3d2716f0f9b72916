/**
 * One reverse-mode rule per operation: from the gradient of the result to the gradients of its inputs, as new tensors
 * of the same program. `null` marks an input that takes no gradient (indices, masks, tables). Unused gradients
 * cost nothing: a program holds only what its outputs reach. Reference: Griewank and Walther, "Evaluating
 * Derivatives", 2008, chapter 3.
 */
import {
  divide,
  exp,
  geluDerivative,
  multiply,
  negate,
  sigmoid,
  siluDerivative,
  square,
  subtract,
} from './elementwise.ts';
import { broadcastLike, padAxis, placeRange, reshape, reshapeLike, slice, takeRange, transpose } from './layout.ts';
import { matmulGradients } from './matmul-gradient.ts';
import {
  layerNormInputGradient,
  layerNormWeightGradient,
  rmsNormInputGradient,
  rmsNormWeightGradient,
} from './normalize.ts';
import { sum } from './reduce.ts';
import {
  crossEntropyLogitsGradient,
  gatherRows,
  inverseRope,
  packRows,
  padRows,
  rope,
  scatterAddRows,
} from './rows.ts';
import { sameShape } from './shape.ts';
import type { OpTable, Tensor, TensorOf } from './tensor.ts';
import { constant } from './tensor.ts';

export const gradientRules: OpTable<[upstream: Tensor], readonly (Tensor | null)[]> = {
  input: () => [],
  constant: () => [],
  stopGradient: () => [null],
  after: (_, dy) => [dy],
  sizeOf: () => [null],

  add: (t, dy) => [unbroadcast(dy, at(t, 0)), unbroadcast(dy, at(t, 1))],
  subtract: (t, dy) => [unbroadcast(dy, at(t, 0)), unbroadcast(negate(dy), at(t, 1))],
  multiply: (t, dy) => [unbroadcast(multiply(dy, at(t, 1)), at(t, 0)), unbroadcast(multiply(dy, at(t, 0)), at(t, 1))],
  divide: (t, dy) => {
    const da = divide(dy, at(t, 1));
    return [unbroadcast(da, at(t, 0)), unbroadcast(negate(multiply(da, t as Tensor)), at(t, 1))];
  },
  negate: (_, dy) => [negate(dy)],
  exp: (t, dy) => [multiply(dy, t as Tensor)],
  log: (t, dy) => [divide(dy, at(t, 0))],
  sqrt: (t, dy) => [divide(multiply(dy, constant(0.5)), t as Tensor)],
  square: (t, dy) => [multiply(dy, multiply(at(t, 0), constant(2)))],
  reciprocal: (t, dy) => [negate(multiply(dy, square(t as Tensor)))],
  sigmoid: (t, dy) => [multiply(dy, multiply(t as Tensor, subtract(constant(1), t as Tensor)))],
  tanh: (t, dy) => [multiply(dy, subtract(constant(1), square(t as Tensor)))],
  erf: (t, dy) => [multiply(dy, multiply(exp(negate(square(at(t, 0)))), constant(2 / Math.sqrt(Math.PI))))],
  softplus: (t, dy) => [multiply(dy, sigmoid(at(t, 0)))],
  silu: (t, dy) => [multiply(dy, siluDerivative(at(t, 0)))],
  gelu: (t, dy) => [multiply(dy, geluDerivative(at(t, 0)))],

  matmul: matmulGradients,
  // A size that was inferred forwards may hide two symbols, which cannot be told apart backwards: take them from the
  // input.
  reshape: (t, dy) => [
    t.attributes.sizes?.includes(-1) === true ? reshapeLike(dy, at(t, 0)) : reshape(dy, at(t, 0).shape),
    null,
  ],
  transpose: (t, dy) => [transpose(dy, inversePermutation(t.attributes.permutation))],
  slice: (t, dy) => {
    const { axis, start, end } = t.attributes;
    return [padAxis(dy, axis, start, (at(t, 0).shape[axis] as number) - end)];
  },
  padAxis: (t, dy) => {
    const { axis, before } = t.attributes;
    return [slice(dy, axis, before, before + (at(t, 0).shape[axis] as number))];
  },
  concat: (t, dy) => {
    let start = 0;
    return t.inputs.map((x) => {
      const size = x.shape[t.attributes.axis] as number;
      start += size;
      return slice(dy, t.attributes.axis, start - size, start);
    });
  },
  takeRange: (t, dy) => [placeRange(dy, t.attributes.axis, at(t, 1), at(t, 0)), null],
  placeRange: (t, dy) => [takeRange(dy, t.attributes.axis, at(t, 1)), null, null],
  broadcastLike: (t, dy) => [unbroadcast(dy, at(t, 0)), null],
  sum: (t, dy) => {
    const x = at(t, 0);
    const kept = x.shape.map((dim, axis) => (t.attributes.axes.includes(axis) ? 1 : dim));
    return [broadcastLike(reshape(dy, kept), x)];
  },
  softmax: (t, dy) => [softmaxGradient(t as Tensor, dy)],

  gatherRows: (t, dy) => [scatterAddRows(dy, at(t, 1), at(t, 0), t.attributes.areDistinct), null],
  scatterAddRows: (t, dy) => [gatherRows(dy, at(t, 1), t.attributes.areDistinct), null, null],
  padRows: (t, dy) => [packRows(dy, at(t, 2), at(t, 1), at(t, 3)), null, null, null],
  packRows: (t, dy) => [padRows(dy, at(t, 2), at(t, 1), at(t, 3)), null, null, null],
  rope: (t, dy) => {
    const turn = t.attributes.inverse ? rope : inverseRope;
    return [turn(dy, at(t, 1), at(t, 2), at(t, 3), t.attributes.headSize), null, null, null];
  },
  crossEntropyRows: (t, dy) => {
    const [rows = 0] = t.shape;
    return [multiply(reshape(dy, [rows, 1]), crossEntropyLogitsGradient(at(t, 0), at(t, 1))), null];
  },

  rmsNorm: (t, dy) => {
    const { epsilon } = t.attributes;
    return [
      rmsNormInputGradient(at(t, 0), at(t, 1), dy, epsilon),
      rmsNormWeightGradient(at(t, 0), at(t, 1), dy, epsilon),
    ];
  },
  layerNorm: (t, dy) => {
    const { epsilon } = t.attributes;
    return [
      layerNormInputGradient(at(t, 0), at(t, 1), dy, epsilon),
      layerNormWeightGradient(at(t, 0), at(t, 1), dy, epsilon),
      unbroadcast(dy, at(t, 2)),
    ];
  },

  // Derivatives of derivatives: no model here needs them, and a wrong rule would be worse than a missing one.
  siluDerivative: noSecondDerivative,
  geluDerivative: noSecondDerivative,
  rmsNormInputGradient: noSecondDerivative,
  rmsNormWeightGradient: noSecondDerivative,
  layerNormInputGradient: noSecondDerivative,
  layerNormWeightGradient: noSecondDerivative,
  crossEntropyLogitsGradient: noSecondDerivative,
};

/**
 * y * (dy - sum(y * dy)) over the last axis. Where y weighs values (o = y v, as in attention) and dy = do v', the sum
 * is also sum(o * do), which reads arrays of head size instead of row length (Dao et al., FlashAttention, 2022,
 * equation 4 of appendix B.2).
 */
export function softmaxGradient(
  y: Tensor,
  dy: Tensor,
  weighted: { readonly output: Tensor; readonly upstream: Tensor } | null = null,
): Tensor {
  const product = weighted === null ? multiply(y, dy) : multiply(weighted.output, weighted.upstream);
  return multiply(y, subtract(dy, sum(product, [-1], true)));
}

/** Undoes broadcasting: sums the gradient over every axis along which `x` was repeated. */
export function unbroadcast(dy: Tensor, x: Tensor): Tensor {
  if (sameShape(dy.shape, x.shape)) return dy;
  const missing = dy.shape.length - x.shape.length;
  const axes = dy.shape.flatMap((dim, axis) =>
    axis < missing || (x.shape[axis - missing] === 1 && dim !== 1) ? [axis] : [],
  );
  return reshape(sum(dy, axes), x.shape);
}

function noSecondDerivative(tensor: Tensor | TensorOf<'siluDerivative'>): never {
  throw new Error(`gradients: ${tensor.op} has no derivative of its own; differentiate a loss once only`);
}

function inversePermutation(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

function at(tensor: { readonly op: string; readonly inputs: readonly Tensor[] }, index: number): Tensor {
  const found = tensor.inputs[index];
  if (found === undefined) throw new Error(`${tensor.op}: input ${index} is missing`);
  return found;
}
