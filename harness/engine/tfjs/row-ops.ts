/**
 * Operations on rows chosen by indices. `gatherND` and `scatterND` rather than `gather`: on wasm they copy whole rows and are fifty times as fast.
 * Scattering adds where indices repeat.
 */
import type { TensorOf } from '../../graph/index.ts';
import { sizeOfShape } from '../bind-feeds.ts';
import type { Tf, TfTensor } from './backends.ts';
import type { OpContext, OpValues } from './op-context.ts';

export function gatherRows(t: TensorOf<'gatherRows'>, [table, indices]: OpValues, on: OpContext): TfTensor {
  on.expectIndices(t.inputs[1]!, table!.shape[0]!);
  const rows = on.tf.gatherND(table!, column(on.tf, indices!));
  return on.tf.reshape(rows, [...indices!.shape, ...table!.shape.slice(1)]);
}

export function scatterAddRows(t: TensorOf<'scatterAddRows'>, [updates, indices, like]: OpValues, on: OpContext): TfTensor {
  on.expectIndices(t.inputs[1]!, like!.shape[0]!);
  return on.tf.scatterND(column(on.tf, indices!), on.tf.reshape(updates!, [indices!.size, ...like!.shape.slice(1)]), like!.shape);
}

export function padRows(t: TensorOf<'padRows'>, [x, padIndex, packIndex]: OpValues, on: OpContext): TfTensor {
  on.expectIndices(t.inputs[2]!, padIndex!.size);
  const width = x!.shape[1]!;
  return on.tf.reshape(on.tf.scatterND(column(on.tf, packIndex!), x!, [padIndex!.size, width]), [...padIndex!.shape, width]);
}

export function packRows(t: TensorOf<'packRows'>, [y, packIndex]: OpValues, on: OpContext): TfTensor {
  const slots = sizeOfShape(y!.shape.slice(0, 2));
  on.expectIndices(t.inputs[1]!, slots);
  return on.tf.gatherND(on.tf.reshape(y!, [slots, y!.shape[2]!]), column(on.tf, packIndex!));
}

/** Both halves of every head, turned: (x1 cos - x2 sin, x2 cos + x1 sin). */
export function rope(t: TensorOf<'rope'>, [x, positions, cosTable, sinTable]: OpValues, on: OpContext): TfTensor {
  const { tf } = on;
  const { headSize, inverse } = t.attributes;
  on.expectIndices(t.inputs[1]!, cosTable!.shape[0]!);
  const [tokens, half] = [x!.shape[0]!, headSize / 2];
  const angles = (table: TfTensor): TfTensor => tf.reshape(tf.gatherND(table, column(tf, positions!)), [tokens, 1, half]);
  const cos = angles(cosTable!);
  const sin = inverse ? tf.neg(angles(sinTable!)) : angles(sinTable!);
  const heads = tf.reshape(x!, [tokens, -1, headSize]);
  const part = (start: number): TfTensor => tf.slice(heads, [0, 0, start], [tokens, heads.shape[1]!, half]);
  const [first, second] = [part(0), part(half)];
  const turned = tf.concat([tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))], 2);
  return tf.reshape(turned, x!.shape);
}

/** log(sum e^z) - z[target] with z = logits - max. */
export function crossEntropyRows(t: TensorOf<'crossEntropyRows'>, [logits, targets]: OpValues, on: OpContext): TfTensor {
  const { tf } = on;
  on.expectIndices(t.inputs[1]!, logits!.shape[1]!);
  const z = tf.sub(logits!, tf.max(logits!, 1, true));
  return tf.sub(tf.log(tf.sum(tf.exp(z), 1)), tf.gatherND(z, rowAndTarget(tf, targets!)));
}

/** Ones are scattered because the wasm backend's `oneHot` writes whole numbers into a float array (4.22). */
export function crossEntropyLogitsGradient(t: TensorOf<'crossEntropyLogitsGradient'>, [logits, targets]: OpValues, on: OpContext): TfTensor {
  const { tf } = on;
  on.expectIndices(t.inputs[1]!, logits!.shape[1]!);
  return tf.sub(tf.softmax(logits!), tf.scatterND(rowAndTarget(tf, targets!), tf.fill(targets!.shape, 1), logits!.shape));
}

/** Where each row's target lies in the logits: (row, target) [L, 2]. */
function rowAndTarget(tf: Tf, targets: TfTensor): TfTensor {
  return tf.stack([tf.range(0, targets.size, 1, 'int32'), targets], 1);
}

function column(tf: Tf, indices: TfTensor): TfTensor {
  return tf.reshape(indices, [indices.size, 1]);
}
