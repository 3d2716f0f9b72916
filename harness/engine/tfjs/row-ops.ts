/**
 * Operations on rows chosen by indices. `gatherND` and `scatterND` rather than `gather`: on wasm they copy whole rows
 * and are fifty times as fast. Scattering adds where indices repeat.
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

export function scatterAddRows(
  t: TensorOf<'scatterAddRows'>,
  [updates, indices, like]: OpValues,
  on: OpContext,
): TfTensor {
  on.expectIndices(t.inputs[1]!, like!.shape[0]!);
  return on.tf.scatterND(
    column(on.tf, indices!),
    on.tf.reshape(updates!, [indices!.size, ...like!.shape.slice(1)]),
    like!.shape,
  );
}

export function padRows(t: TensorOf<'padRows'>, [x, padIndex, packIndex]: OpValues, on: OpContext): TfTensor {
  on.expectIndices(t.inputs[2]!, padIndex!.size);
  const width = x!.shape[1]!;
  return on.tf.reshape(on.tf.scatterND(column(on.tf, packIndex!), x!, [padIndex!.size, width]), [
    ...padIndex!.shape,
    width,
  ]);
}

export function packRows(t: TensorOf<'packRows'>, [y, packIndex]: OpValues, on: OpContext): TfTensor {
  const slots = sizeOfShape(y!.shape.slice(0, 2));
  on.expectIndices(t.inputs[1]!, slots);
  return on.tf.gatherND(on.tf.reshape(y!, [slots, y!.shape[2]!]), column(on.tf, packIndex!));
}

/** x cos + turned sin, where turned = (-x2, x1) swaps the halves of every head: the minus is put into the sine. */
export function rope(t: TensorOf<'rope'>, [x, positions, cosTable, sinTable]: OpValues, on: OpContext): TfTensor {
  const { tf } = on;
  const { headSize, inverse } = t.attributes;
  on.expectIndices(t.inputs[1]!, cosTable!.shape[0]!);
  const tokens = x!.shape[0]!;
  const angles = (table: TfTensor): TfTensor => tf.gatherND(table, column(tf, positions!));
  const perHead = (first: TfTensor, second: TfTensor): TfTensor =>
    tf.reshape(tf.concat([first, second], 1), [tokens, 1, headSize]);
  const [cos, sin] = [angles(cosTable!), angles(sinTable!)];
  const signed = inverse ? perHead(sin, tf.neg(sin)) : perHead(tf.neg(sin), sin);
  const heads = tf.reshape(x!, [tokens, -1, headSize]);
  const turned = tf.reshape(swapNeighbours(tf, tf.reshape(x!, [-1, headSize / 2])), heads.shape);
  return tf.reshape(tf.add(tf.mul(heads, perHead(cos, cos)), tf.mul(turned, signed)), x!.shape);
}

/** Rows 1, 0, 3, 2, ...: on wasm a third of the time of slicing and joining halves. */
function swapNeighbours(tf: Tf, rows: TfTensor): TfTensor {
  const count = rows.shape[0]!;
  return tf.gatherND(
    rows,
    tf.tensor2d(
      Int32Array.from({ length: count }, (_, row) => row ^ 1),
      [count, 1],
      'int32',
    ),
  );
}

/** log(sum e^z) - z[target] with z = logits - max. */
export function crossEntropyRows(
  t: TensorOf<'crossEntropyRows'>,
  [logits, targets]: OpValues,
  on: OpContext,
): TfTensor {
  const { tf } = on;
  on.expectIndices(t.inputs[1]!, logits!.shape[1]!);
  const z = tf.sub(logits!, tf.max(logits!, 1, true));
  return tf.sub(tf.log(tf.sum(tf.exp(z), 1)), tf.gatherND(z, rowAndTarget(tf, targets!)));
}

/** Ones are scattered because the wasm backend's `oneHot` writes whole numbers into a float array (4.22). */
export function crossEntropyLogitsGradient(
  t: TensorOf<'crossEntropyLogitsGradient'>,
  [logits, targets]: OpValues,
  on: OpContext,
): TfTensor {
  const { tf } = on;
  on.expectIndices(t.inputs[1]!, logits!.shape[1]!);
  return tf.sub(
    tf.softmax(logits!),
    tf.scatterND(rowAndTarget(tf, targets!), tf.fill(targets!.shape, 1), logits!.shape),
  );
}

/** Where each row's target lies in the logits: (row, target) [L, 2]. */
function rowAndTarget(tf: Tf, targets: TfTensor): TfTensor {
  return tf.stack([tf.range(0, targets.size, 1, 'int32'), targets], 1);
}

function column(tf: Tf, indices: TfTensor): TfTensor {
  return tf.reshape(indices, [indices.size, 1]);
}
