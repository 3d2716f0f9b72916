/** Tensor programs as values: operations, differentiation, programs and their cost. Knows no backend. */
export { constant, describe, dispatch, formatShape, input, scalarValue } from './tensor.ts';
export type { DataType, Dim, OpAttributes, OpKind, OpTable, Shape, Tensor, TensorOf } from './tensor.ts';
export {
  add,
  divide,
  erf,
  exp,
  gelu,
  log,
  multiply,
  negate,
  reciprocal,
  sigmoid,
  silu,
  softplus,
  sqrt,
  square,
  subtract,
  tanh,
} from './elementwise.ts';
export { matmul, type MatmulOptions } from './linear.ts';
export { after, broadcastLike, concat, placeRange, reshape, slice, split, takeRange, transpose } from './layout.ts';
export { mean, sizeOf, softmax, sum } from './reduce.ts';
export { crossEntropyRows, gatherRows, packRows, padRows, rope, scatterAddRows } from './rows.ts';
export { layerNorm, rmsNorm } from './normalize.ts';
export { gradients, stopGradient } from './gradients.ts';
export {
  partsOf,
  programOf,
  type PlacedPart,
  type Program,
  type StateEntry,
  type StatePart,
  type StateStorage,
} from './program.ts';
export { bindSizes, costOf, sizeUnder, type Cost, type Sizes } from './cost.ts';
export { peakMemoryOf, type PeakMemory } from './memory.ts';
export { narrow, widen, type HalfStorage } from './half-floats.ts';
