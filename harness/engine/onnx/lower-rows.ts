/** Operations on rows chosen by indices. */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import type { AttributeValue } from './encode-protobuf.ts';
import { MICROSOFT, type ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';

/** Adds the updates onto zeros. */
export function scatterAddRowsNodes(t: TensorOf<'scatterAddRows'>, to: Lowering): ValueName {
  const like = t.inputs[2] as Tensor;
  return scatterAddOnto(t, to.builder.emit('ConstantOfShape', [to.builder.emit('Shape', [to.value(like)])]), to);
}

/**
 * Adds the updates onto `base`, in place where nothing else reads it. The runtime's ScatterND splits the updates among
 * threads, which lose additions where two of them meet in one row; ScatterElements adds one after another. So with
 * several threads ScatterND only takes indices that are distinct. Both add in the order of the updates, ScatterND by
 * whole rows: 164,000 values in a sixteenth of the time.
 */
export function scatterAddOnto(t: TensorOf<'scatterAddRows'>, base: ValueName, to: Lowering): ValueName {
  const { builder, value } = to;
  const [updates, indices] = t.inputs as [Tensor, Tensor];
  const attributes: Readonly<Record<string, AttributeValue>> = { reduction: { kind: 'string', value: 'add' } };
  if (t.attributes.areDistinct || to.isOneThread) {
    const coordinates = builder.emit('Unsqueeze', [to.asInt64(indices), builder.int64(-1)]);
    return builder.emit('ScatterND', [base, coordinates, value(updates)], { attributes });
  }
  const rowAxes = updates.shape
    .slice(indices.shape.length)
    .map((_, axis) => axis - updates.shape.length + indices.shape.length);
  const rows = flatRows(updates, indices, to);
  const column = builder.emit('Reshape', [to.asInt64(indices), builder.int64(-1, ...rowAxes.map(() => 1))]);
  const everywhere = builder.emit('Expand', [column, builder.emit('Shape', [rows])]);
  return builder.emit('ScatterElements', [base, everywhere, rows], {
    attributes: { ...attributes, axis: { kind: 'int', value: 0 } },
  });
}

/** Updates with one leading axis, as many as there are indices. */
function flatRows(updates: Tensor, indices: Tensor, { builder, value }: Lowering): ValueName {
  if (indices.shape.length === 1) return value(updates);
  return builder.emit('Reshape', [
    value(updates),
    builder.int64(-1, ...updates.shape.slice(indices.shape.length).map(Number)),
  ]);
}

/**
 * The contributed operator takes [batch, sequence, width] and a position per (batch, sequence): every row is a batch of
 * one here.
 */
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
  const picked = to.builder.emit('GatherElements', [logSoftmax(logits, to), targetColumn(targets, to)], {
    attributes: LAST_AXIS,
  });
  return to.builder.emit('Neg', [to.builder.emit('Squeeze', [picked, to.builder.int64(1)])]);
}

/** softmax with 1 subtracted at each target, in place. */
export function crossEntropyLogitsGradientNodes(t: TensorOf<'crossEntropyLogitsGradient'>, to: Lowering): ValueName {
  const { builder } = to;
  const [logits, targets] = t.inputs as [Tensor, Tensor];
  const column = targetColumn(targets, to);
  const probabilities = builder.emit('Exp', [logSoftmax(logits, to)]);
  const minusOne = builder.emit('Expand', [builder.scalar(-1), builder.emit('Shape', [column])]);
  return builder.emit('ScatterElements', [probabilities, column, minusOne], {
    attributes: { ...LAST_AXIS, reduction: { kind: 'string', value: 'add' } },
  });
}

const LAST_AXIS: Readonly<Record<string, AttributeValue>> = { axis: { kind: 'int', value: 1 } };

function logSoftmax(logits: Tensor, to: Lowering): ValueName {
  return to.builder.emit('LogSoftmax', [to.value(logits)], { attributes: LAST_AXIS });
}

function targetColumn(targets: Tensor, to: Lowering): ValueName {
  return to.builder.emit('Unsqueeze', [to.value(targets), to.builder.int64(1)]);
}
