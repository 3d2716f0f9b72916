/**
 * What the WebGPU provider of ONNX Runtime 1.30 needs said differently, so that every node of a program runs on the
 * device. It has no kernel for FusedMatMul, LogSoftmax, ConstantOfShape, and none that compute on int64; arithmetic on
 * shapes would run on the CPU, while a Shape whose only readers are Expand and Reshape stays. Two of its kernels are
 * wrong there: the second output of SimplifiedLayerNormalization is not the inverse deviation, and LayerNormalization
 * without a bias ends the process.
 */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import type { AttributeValue } from './encode-protobuf.ts';
import { MICROSOFT, type ValueName } from './graph-builder.ts';
import { oneSlice } from './lower-layout.ts';
import { accumulated } from './lower-matmul.ts';
import { onnxLowerings } from './lower-op.ts';
import { crossEntropyOnDevice, logitsGradientOnDevice } from './lower-webgpu-losses.ts';
import {
  layerNormOnDevice,
  layerNormInputGradientOnDevice,
  layerNormWeightGradientOnDevice,
  rmsNormOnDevice,
  rmsNormInputGradientOnDevice,
  rmsNormWeightGradientOnDevice,
} from './lower-webgpu-norms.ts';
import type { Lowering, LoweringTable } from './lowering.ts';

export const webgpuLowerings: LoweringTable = {
  ...onnxLowerings,
  matmul: matmulNodes,
  add: (t, to) => {
    const [a, b] = t.inputs as [Tensor, Tensor];
    return accumulated(b, a, to) ?? accumulated(a, b, to) ?? to.builder.emit('Add', [to.value(a), to.value(b)]);
  },
  // A step is one batch there, and waits for nothing.
  after: (t, to) => to.value(t.inputs[0] as Tensor),
  // A Split with many outputs would bind more buffers than a shader may have.
  slice: oneSlice,
  transpose: (t, to) => transposed(to.value(t.inputs[0] as Tensor), t.attributes.permutation, to),
  sizeOf: sizeOfNodes,
  scatterAddRows: scatterAddRowsNodes,
  padRows: padRowsNodes,
  packRows: packRowsNodes,
  takeRange: takeRangeNodes,
  placeRange: placeRangeNodes,
  rope: ropeNodes,
  rmsNorm: rmsNormOnDevice,
  rmsNormInputGradient: rmsNormInputGradientOnDevice,
  rmsNormWeightGradient: rmsNormWeightGradientOnDevice,
  layerNorm: layerNormOnDevice,
  layerNormInputGradient: layerNormInputGradientOnDevice,
  layerNormWeightGradient: layerNormWeightGradientOnDevice,
  crossEntropyRows: crossEntropyOnDevice,
  crossEntropyLogitsGradient: logitsGradientOnDevice,
};

/**
 * Matrices as one Gemm; stacks as Transpose and MatMul, the scale on whichever is smaller: a factor with a static (head
 * size) inner axis, or the product.
 */
function matmulNodes(t: TensorOf<'matmul'>, to: Lowering): ValueName {
  const { transposeA, transposeB, scale } = t.attributes;
  if (t.shape.length === 2) return onnxLowerings.matmul(t, to);
  const [a, b] = t.inputs as [Tensor, Tensor];
  const left = transposeA ? swapLastTwo(a, to) : to.value(a);
  const right = transposeB ? swapLastTwo(b, to) : to.value(b);
  if (scale === 1) return to.builder.emit('MatMul', [left, right]);
  const inner = a.shape.at(transposeA ? -2 : -1);
  const scaled = (x: ValueName): ValueName => to.builder.emit('Mul', [x, to.builder.scalar(scale)]);
  return typeof inner === 'number'
    ? to.builder.emit('MatMul', [scaled(left), right])
    : scaled(to.builder.emit('MatMul', [left, right]));
}

function swapLastTwo(x: Tensor, to: Lowering): ValueName {
  const axes = x.shape.map((_, axis) => axis);
  return transposed(to.value(x), [...axes.slice(0, -2), axes.length - 1, axes.length - 2], to);
}

function transposed(x: ValueName, permutation: readonly number[], { builder }: Lowering): ValueName {
  return builder.emit('Transpose', [x], { attributes: { perm: { kind: 'ints', value: permutation } } });
}

/** As many ones as the axes have elements, summed: exact up to 2^24. */
function sizeOfNodes(t: TensorOf<'sizeOf'>, { builder, value }: Lowering): ValueName {
  const source = t.inputs[0] as Tensor;
  const others = source.shape.flatMap((_, axis) => (t.attributes.axes.includes(axis) ? [] : [axis]));
  const fill = (count: number): ValueName => builder.int64(...others.map(() => count));
  const x =
    others.length === 0
      ? value(source)
      : builder.emit('Slice', [value(source), fill(0), fill(1), builder.int64(...others)]);
  const ones = builder.emit('Expand', [builder.scalar(1), builder.emit('Shape', [x])]);
  return builder.emit('ReduceSum', [ones], { attributes: { keepdims: { kind: 'int', value: 0 } } });
}

/**
 * The order in which repeated rows are added is the device's: results may differ in the last digits from run to run.
 */
function scatterAddRowsNodes(t: TensorOf<'scatterAddRows'>, to: Lowering): ValueName {
  const { builder } = to;
  const [updates, indices, like] = t.inputs as [Tensor, Tensor, Tensor];
  const isStatic = like.shape.every((dim) => typeof dim === 'number');
  const shape = isStatic ? builder.int64(...like.shape.map(Number)) : builder.emit('Shape', [to.value(like)]);
  const base = builder.emit('Expand', [builder.scalar(0), shape]);
  return builder.emit('ScatterND', [base, int64Column(indices, -1, to), to.value(updates)], {
    attributes: { reduction: { kind: 'string', value: 'add' } },
  });
}

/** A padded slot reads row 0 and is multiplied by 0. */
function padRowsNodes(t: TensorOf<'padRows'>, to: Lowering): ValueName {
  const { builder } = to;
  const [x, padIndex, , padMask] = t.inputs as [Tensor, Tensor, Tensor, Tensor];
  const rows = builder.emit('Gather', [to.value(x), to.value(padIndex)]);
  return builder.emit('Mul', [rows, builder.emit('Unsqueeze', [to.value(padMask), builder.int64(2)])]);
}

function packRowsNodes(t: TensorOf<'packRows'>, to: Lowering): ValueName {
  const { builder } = to;
  const [padded, packIndex] = t.inputs as [Tensor, Tensor];
  const slots = builder.emit('Reshape', [to.value(padded), builder.int64(-1, t.shape[1] as number)]);
  return builder.emit('Gather', [slots, to.value(packIndex)]);
}

/** Bounds of a slice would have to be worked out on the CPU. */
function takeRangeNodes(t: TensorOf<'takeRange'>, to: Lowering): ValueName {
  return to.builder.emit('Gather', t.inputs.map(to.value), {
    attributes: { axis: { kind: 'int', value: t.attributes.axis } },
  });
}

/** Scattered along the first axis, which the provider can, and turned before and after. */
function placeRangeNodes(t: TensorOf<'placeRange'>, to: Lowering): ValueName {
  const { builder, value } = to;
  const [x, places, like] = t.inputs as [Tensor, Tensor, Tensor];
  const { axis } = t.attributes;
  const swapped = x.shape.map((_, at) => (at === 0 ? axis : at === axis ? 0 : at));
  const turned = (name: ValueName): ValueName => transposed(name, swapped, to);
  const zeros = builder.emit('Expand', [builder.scalar(0), builder.emit('Shape', [turned(value(like))])]);
  return turned(builder.emit('ScatterND', [zeros, int64Column(places, -1, to), turned(value(x))]));
}

/** As for the CPU, with the position's axis added before it becomes int64. */
function ropeNodes(t: TensorOf<'rope'>, to: Lowering): ValueName {
  const { builder } = to;
  const [x, positions, cosTable, sinTable] = t.inputs as [Tensor, Tensor, Tensor, Tensor];
  const rows = builder.emit('Unsqueeze', [to.value(x), builder.int64(1)]);
  const sin = t.attributes.inverse ? builder.emit('Neg', [to.value(sinTable)]) : to.value(sinTable);
  const turned = builder.emit('RotaryEmbedding', [rows, int64Column(positions, 1, to), to.value(cosTable), sin], {
    domain: MICROSOFT,
  });
  return builder.emit('Squeeze', [turned, builder.int64(1)]);
}

/** Indices with another axis of size 1, as int64: the provider casts int64 but reshapes only int32. */
function int64Column(indices: Tensor, axis: number, to: Lowering): ValueName {
  const column = to.builder.emit('Unsqueeze', [to.value(indices), to.builder.int64(axis)]);
  return to.builder.emit('Cast', [column], { attributes: toInt64 });
}

const toInt64: Readonly<Record<string, AttributeValue>> = { to: { kind: 'int', value: 7 } };
