/**
 * Normalizations over the last axis. The forward operator also returns each row's inverse deviation, which the
 * gradients reuse. A row sum weighted by `weight` is a matrix-vector product: one pass where Mul + ReduceMean would be
 * two.
 */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import type { AttributeValue } from './encode-protobuf.ts';
import type { ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';

type RmsTensor = TensorOf<'rmsNorm' | 'rmsNormInputGradient' | 'rmsNormWeightGradient'>;
type LayerTensor = TensorOf<'layerNorm' | 'layerNormInputGradient' | 'layerNormWeightGradient'>;

export function rmsNormNodes(t: TensorOf<'rmsNorm'>, to: Lowering): ValueName {
  return rmsForward(t, to)[0];
}

/** inverse * (g - n * mean(g * n)), with n = x * inverse, g = dy * weight and g * n summed as (dy * n) weight. */
export function rmsNormInputGradientNodes(t: TensorOf<'rmsNormInputGradient'>, to: Lowering): ValueName {
  const { builder } = to;
  const [x, weight, dy] = t.inputs.map(to.value) as [ValueName, ValueName, ValueName];
  const [, inverse] = rmsForward(t, to);
  const normalized = builder.emit('Mul', [x, inverse]);
  const mean = weightedMean(builder.emit('Mul', [dy, normalized]), weight, t, to);
  const centred = builder.emit('Sub', [builder.emit('Mul', [dy, weight]), builder.emit('Mul', [normalized, mean])]);
  return builder.emit('Mul', [centred, inverse]);
}

export function rmsNormWeightGradientNodes(t: TensorOf<'rmsNormWeightGradient'>, to: Lowering): ValueName {
  const [x, , dy] = t.inputs.map(to.value) as [ValueName, ValueName, ValueName];
  const [, inverse] = rmsForward(t, to);
  return sumOverRows(to.builder.emit('Mul', [dy, to.builder.emit('Mul', [x, inverse])]), t, to);
}

export function layerNormNodes(t: TensorOf<'layerNorm'>, to: Lowering): ValueName {
  return layerForward(t, to.value(t.inputs[2] as Tensor), to)[0];
}

export function layerNormInputGradientNodes(t: TensorOf<'layerNormInputGradient'>, to: Lowering): ValueName {
  const { builder } = to;
  const [, weight, dy] = t.inputs.map(to.value) as [ValueName, ValueName, ValueName];
  const { normalized, inverse } = layerNormalized(t, to);
  const mean = weightedMean(builder.emit('Mul', [dy, normalized]), weight, t, to);
  const shifted = builder.emit('Sub', [builder.emit('Mul', [dy, weight]), weightedMean(dy, weight, t, to)]);
  return builder.emit('Mul', [builder.emit('Sub', [shifted, builder.emit('Mul', [normalized, mean])]), inverse]);
}

export function layerNormWeightGradientNodes(t: TensorOf<'layerNormWeightGradient'>, to: Lowering): ValueName {
  const dy = to.value(t.inputs[2] as Tensor);
  return sumOverRows(to.builder.emit('Mul', [dy, layerNormalized(t, to).normalized]), t, to);
}

/** [weight * x * inverse, inverse]; asking twice gives the same node. */
function rmsForward(t: RmsTensor, to: Lowering): readonly [ValueName, ValueName] {
  const inputs = t.inputs.slice(0, 2).map(to.value);
  return to.builder.emitMany('SimplifiedLayerNormalization', inputs, 2, {
    attributes: normAttributes(t.attributes.epsilon),
  }) as [ValueName, ValueName];
}

/**
 * [result, mean, inverse deviation]. Gradients do not know the bias, so they name the forward operation's by looking it
 * up.
 */
function layerForward(t: LayerTensor, bias: ValueName, to: Lowering): readonly [ValueName, ValueName, ValueName] {
  const inputs = [...t.inputs.slice(0, 2).map(to.value), bias];
  return to.builder.emitMany('LayerNormalization', inputs, 3, { attributes: normAttributes(t.attributes.epsilon) }) as [
    ValueName,
    ValueName,
    ValueName,
  ];
}

function layerNormalized(t: LayerTensor, to: Lowering): { normalized: ValueName; inverse: ValueName } {
  const [x, weight] = t.inputs as [Tensor, Tensor];
  const forward = to.findUse(
    'layerNorm',
    x,
    (other) => other.inputs[1] === weight && other.attributes.epsilon === t.attributes.epsilon,
  );
  const bias = forward?.inputs[2];
  const [, mean, inverse] = layerForward(t, bias === undefined ? '' : to.value(bias), to);
  const centred = to.builder.emit('Sub', [to.value(x), mean]);
  return { normalized: to.builder.emit('Mul', [centred, inverse]), inverse };
}

/** Mean over the last axis of x * weight, kept as an axis of size 1. */
function weightedMean(x: ValueName, weight: ValueName, t: Tensor, { builder }: Lowering): ValueName {
  const size = t.inputs[0]?.shape.at(-1) as number;
  const column = builder.emit('Reshape', [
    builder.emit('Mul', [weight, builder.scalar(1 / size)]),
    builder.int64(size, 1),
  ]);
  return builder.emit('MatMul', [x, column]);
}

function sumOverRows(x: ValueName, t: Tensor, { builder }: Lowering): ValueName {
  const axes = (t.inputs[0] as Tensor).shape.slice(0, -1).map((_, axis) => axis);
  if (axes.length === 0) return x;
  return builder.emit('ReduceSum', [x, builder.int64(...axes)], {
    attributes: { keepdims: { kind: 'int', value: 0 } },
  });
}

function normAttributes(epsilon: number): Record<string, AttributeValue> {
  return { axis: { kind: 'int', value: -1 }, epsilon: { kind: 'float', value: epsilon } };
}
