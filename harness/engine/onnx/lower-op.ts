/**
 * Graph operation -> ONNX nodes, for the CPU provider of ONNX Runtime. The aim is few passes over memory and few nodes:
 * contributed operators where they pay, and formulations in which a forward and a backward operation ask the builder
 * for the same nodes.
 */
import type { OpTable, Tensor } from '../../graph/index.ts';
import type { ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';
import { geluDerivativeNodes, geluNodes, siluDerivativeNodes, siluNodes } from './lower-activations.ts';
import { addNodes, matmulNodes } from './lower-matmul.ts';
import {
  layerNormInputGradientNodes,
  layerNormNodes,
  layerNormWeightGradientNodes,
  rmsNormInputGradientNodes,
  rmsNormNodes,
  rmsNormWeightGradientNodes,
} from './lower-norms.ts';
import { packRowsNodes, padRowsNodes } from './lower-packing.ts';
import { crossEntropyNodes, crossEntropyLogitsGradientNodes, ropeNodes, scatterAddRowsNodes } from './lower-rows.ts';
import { placeRangeNodes, takeRangeNodes } from './lower-ranges.ts';
import {
  afterNodes,
  broadcastLikeNodes,
  padAxisNodes,
  reshapeNodes,
  sizeOfNodes,
  sliceNodes,
  sumNodes,
  transposeNodes,
} from './lower-layout.ts';

const direct =
  (op: string) =>
  (t: { readonly inputs: readonly Tensor[] }, to: Lowering): ValueName =>
    to.builder.emit(op, t.inputs.map(to.value));

export const onnxLowerings: OpTable<[to: Lowering], ValueName> = {
  input: (t, to) => to.inputName(t),
  constant: (t, to) => to.builder.constant(t.shape as readonly number[], t.attributes.data),
  stopGradient: (t, to) => to.value(t.inputs[0] as Tensor),
  after: afterNodes,
  add: addNodes,
  subtract: direct('Sub'),
  multiply: direct('Mul'),
  divide: direct('Div'),
  negate: direct('Neg'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  square: (t, to) => {
    const x = to.value(t.inputs[0] as Tensor);
    return to.builder.emit('Mul', [x, x]);
  },
  reciprocal: direct('Reciprocal'),
  sigmoid: direct('Sigmoid'),
  tanh: direct('Tanh'),
  erf: direct('Erf'),
  softplus: direct('Softplus'),
  silu: siluNodes,
  siluDerivative: siluDerivativeNodes,
  gelu: geluNodes,
  geluDerivative: geluDerivativeNodes,
  matmul: matmulNodes,
  reshape: reshapeNodes,
  transpose: transposeNodes,
  slice: sliceNodes,
  padAxis: padAxisNodes,
  concat: (t, to) =>
    to.builder.emit('Concat', t.inputs.map(to.value), {
      attributes: { axis: { kind: 'int', value: t.attributes.axis } },
    }),
  takeRange: takeRangeNodes,
  placeRange: placeRangeNodes,
  broadcastLike: broadcastLikeNodes,
  sizeOf: sizeOfNodes,
  sum: sumNodes,
  softmax: (t, to) =>
    to.builder.emit('Softmax', [to.value(t.inputs[0] as Tensor)], { attributes: { axis: { kind: 'int', value: -1 } } }),
  gatherRows: (t, to) => to.builder.emit('Gather', t.inputs.map(to.value)),
  scatterAddRows: scatterAddRowsNodes,
  padRows: padRowsNodes,
  packRows: packRowsNodes,
  rope: ropeNodes,
  rmsNorm: rmsNormNodes,
  rmsNormInputGradient: rmsNormInputGradientNodes,
  rmsNormWeightGradient: rmsNormWeightGradientNodes,
  layerNorm: layerNormNodes,
  layerNormInputGradient: layerNormInputGradientNodes,
  layerNormWeightGradient: layerNormWeightGradientNodes,
  crossEntropyRows: crossEntropyNodes,
  crossEntropyLogitsGradient: crossEntropyLogitsGradientNodes,
};
