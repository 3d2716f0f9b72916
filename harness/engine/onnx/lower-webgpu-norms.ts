/**
 * Normalizations over the last axis from elementary nodes that forward and backward share; see lower-webgpu.ts for why
 * the fused operators do not do.
 */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import type { AttributeValue } from './encode-protobuf.ts';
import type { ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';

type RmsTensor = TensorOf<'rmsNorm' | 'rmsNormInputGradient' | 'rmsNormWeightGradient'>;
type LayerTensor = TensorOf<'layerNorm' | 'layerNormInputGradient' | 'layerNormWeightGradient'>;

/** A row brought to unit size, and the factor that did it. */
interface Normalized {
  readonly normalized: ValueName;
  readonly inverse: ValueName;
}

/** Alone, the fused operator is one pass. */
export function rmsNormOnDevice(t: TensorOf<'rmsNorm'>, to: Lowering): ValueName {
  if (to.findUse('rmsNormInputGradient', t.inputs[0] as Tensor) === undefined)
    return to.builder.emit('SimplifiedLayerNormalization', t.inputs.map(to.value), { attributes: fused(t) });
  return to.builder.emit('Mul', [rms(t, to).normalized, input(t, 1, to)]);
}

/** inverse * (g - n * mean(g * n)) with g = dy * weight. */
export function rmsNormInputGradientOnDevice(t: TensorOf<'rmsNormInputGradient'>, to: Lowering): ValueName {
  const { builder } = to;
  const { normalized, inverse } = rms(t, to);
  const g = builder.emit('Mul', [input(t, 2, to), input(t, 1, to)]);
  const along = builder.emit('Mul', [normalized, meanOf(builder.emit('Mul', [g, normalized]), to)]);
  return builder.emit('Mul', [builder.emit('Sub', [g, along]), inverse]);
}

export function rmsNormWeightGradientOnDevice(t: TensorOf<'rmsNormWeightGradient'>, to: Lowering): ValueName {
  return sumOverRows(to.builder.emit('Mul', [input(t, 2, to), rms(t, to).normalized]), t, to);
}

export function layerNormOnDevice(t: TensorOf<'layerNorm'>, to: Lowering): ValueName {
  if (to.findUse('layerNormInputGradient', t.inputs[0] as Tensor) === undefined)
    return to.builder.emit('LayerNormalization', t.inputs.map(to.value), { attributes: fused(t) });
  const scaled = to.builder.emit('Mul', [centred(t, to).normalized, input(t, 1, to)]);
  return to.builder.emit('Add', [scaled, input(t, 2, to)]);
}

/** inverse * (g - mean(g) - n * mean(g * n)) with g = dy * weight. */
export function layerNormInputGradientOnDevice(t: TensorOf<'layerNormInputGradient'>, to: Lowering): ValueName {
  const { builder } = to;
  const { normalized, inverse } = centred(t, to);
  const g = builder.emit('Mul', [input(t, 2, to), input(t, 1, to)]);
  const shifted = builder.emit('Sub', [g, meanOf(g, to)]);
  const along = builder.emit('Mul', [normalized, meanOf(builder.emit('Mul', [g, normalized]), to)]);
  return builder.emit('Mul', [builder.emit('Sub', [shifted, along]), inverse]);
}

export function layerNormWeightGradientOnDevice(t: TensorOf<'layerNormWeightGradient'>, to: Lowering): ValueName {
  return sumOverRows(to.builder.emit('Mul', [input(t, 2, to), centred(t, to).normalized]), t, to);
}

function rms(t: RmsTensor, to: Lowering): Normalized {
  return unitSize(input(t, 0, to), t.attributes.epsilon, to);
}

function centred(t: LayerTensor, to: Lowering): Normalized {
  const x = input(t, 0, to);
  return unitSize(to.builder.emit('Sub', [x, meanOf(x, to)]), t.attributes.epsilon, to);
}

/** x / sqrt(mean(x^2) + epsilon). */
function unitSize(x: ValueName, epsilon: number, to: Lowering): Normalized {
  const { builder } = to;
  const meanSquare = meanOf(builder.emit('Mul', [x, x]), to);
  const inverse = builder.emit('Reciprocal', [
    builder.emit('Sqrt', [builder.emit('Add', [meanSquare, builder.scalar(epsilon)])]),
  ]);
  return { normalized: builder.emit('Mul', [x, inverse]), inverse };
}

function meanOf(x: ValueName, { builder }: Lowering): ValueName {
  return builder.emit('ReduceMean', [x, builder.int64(-1)], { attributes: keepDims(1) });
}

function sumOverRows(x: ValueName, t: Tensor, { builder }: Lowering): ValueName {
  const axes = (t.inputs[0] as Tensor).shape.slice(0, -1).map((_, axis) => axis);
  return axes.length === 0 ? x : builder.emit('ReduceSum', [x, builder.int64(...axes)], { attributes: keepDims(0) });
}

function fused(t: RmsTensor | LayerTensor): Readonly<Record<string, AttributeValue>> {
  return { axis: { kind: 'int', value: -1 }, epsilon: { kind: 'float', value: t.attributes.epsilon } };
}

function input(t: Tensor, index: number, { value }: Lowering): ValueName {
  return value(t.inputs[index] as Tensor);
}

function keepDims(value: 0 | 1): Readonly<Record<string, AttributeValue>> {
  return { keepdims: { kind: 'int', value } };
}
