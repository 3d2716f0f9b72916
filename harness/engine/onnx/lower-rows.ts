/** Operations on rows chosen by indices. */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import type { AttributeValue } from './encode-protobuf.ts';
import { MICROSOFT, type ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';

/** Adds the updates onto zeros. The index gets a last axis of size 1, as ScatterND reads a vector of coordinates there. */
export function scatterAddRowsNodes(t: TensorOf<'scatterAddRows'>, to: Lowering): ValueName {
  const { builder } = to;
  const [updates, indices, like] = t.inputs as [Tensor, Tensor, Tensor];
  const coordinates = builder.emit('Unsqueeze', [to.asInt64(indices), builder.int64(-1)]);
  const zeros = builder.emit('ConstantOfShape', [builder.emit('Shape', [to.value(like)])]);
  return builder.emit('ScatterND', [zeros, coordinates, to.value(updates)], { attributes: { reduction: { kind: 'string', value: 'add' } } });
}

/** Unused slots gather some row and are then multiplied by their mask of 0. */
export function padRowsNodes(t: TensorOf<'padRows'>, to: Lowering): ValueName {
  const { builder } = to;
  const [x, padIndex, , padMask] = t.inputs as [Tensor, Tensor, Tensor, Tensor];
  const gathered = builder.emit('Gather', [to.value(x), to.value(padIndex)]);
  return builder.emit('Mul', [gathered, builder.emit('Unsqueeze', [to.value(padMask), builder.int64(2)])]);
}

export function packRowsNodes(t: TensorOf<'packRows'>, to: Lowering): ValueName {
  const [y, packIndex] = t.inputs as [Tensor, Tensor];
  const flat = to.builder.emit('Reshape', [to.value(y), to.builder.int64(-1, y.shape[2] as number)]);
  return to.builder.emit('Gather', [flat, to.value(packIndex)]);
}

/** The contributed operator takes [batch, sequence, width] and a position per (batch, sequence): every row is a batch of one here. */
export function ropeNodes(t: TensorOf<'rope'>, to: Lowering): ValueName {
  const { builder } = to;
  const [x, positions, cosTable, sinTable] = t.inputs as [Tensor, Tensor, Tensor, Tensor];
  const rows = builder.emit('Unsqueeze', [to.value(x), builder.int64(1)]);
  const column = builder.emit('Unsqueeze', [to.asInt64(positions), builder.int64(1)]);
  const sin = t.attributes.inverse ? builder.emit('Neg', [to.value(sinTable)]) : to.value(sinTable);
  const turned = builder.emit('RotaryEmbedding', [rows, column, to.value(cosTable), sin], { domain: MICROSOFT });
  return builder.emit('Squeeze', [turned, builder.int64(1)]);
}

export function crossEntropyNodes(t: TensorOf<'crossEntropyRows'>, to: Lowering): ValueName {
  const [logits, targets] = t.inputs as [Tensor, Tensor];
  const picked = to.builder.emit('GatherElements', [logSoftmax(logits, to), targetColumn(targets, to)], { attributes: LAST_AXIS });
  return to.builder.emit('Neg', [to.builder.emit('Squeeze', [picked, to.builder.int64(1)])]);
}

/** softmax with 1 subtracted at each target, in place. */
export function crossEntropyLogitsGradientNodes(t: TensorOf<'crossEntropyLogitsGradient'>, to: Lowering): ValueName {
  const { builder } = to;
  const [logits, targets] = t.inputs as [Tensor, Tensor];
  const column = targetColumn(targets, to);
  const probabilities = builder.emit('Exp', [logSoftmax(logits, to)]);
  const minusOne = builder.emit('Expand', [builder.scalar(-1), builder.emit('Shape', [column])]);
  return builder.emit('ScatterElements', [probabilities, column, minusOne], { attributes: { ...LAST_AXIS, reduction: { kind: 'string', value: 'add' } } });
}

const LAST_AXIS: Readonly<Record<string, AttributeValue>> = { axis: { kind: 'int', value: 1 } };

function logSoftmax(logits: Tensor, to: Lowering): ValueName {
  return to.builder.emit('LogSoftmax', [to.value(logits)], { attributes: LAST_AXIS });
}

function targetColumn(targets: Tensor, to: Lowering): ValueName {
  return to.builder.emit('Unsqueeze', [to.value(targets), to.builder.int64(1)]);
}
