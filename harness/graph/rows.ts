/** Operations on rows chosen by int32 indices: embedding, padding of packed rows, rotary positions, token losses. */
import { dimAt, expectFloat, expectIndices, expectNumber, expectRank, expectShape } from './shape.ts';
import type { Tensor } from './tensor.ts';
import { makeTensor, opError } from './tensor.ts';

/**
 * Row `indices[i]` of `table` [R, ...] for each index: shape indices.shape ++ table.shape[1:]. Repeated indices are
 * allowed, except where the caller guarantees that they `areDistinct`: the gradient is then cheaper.
 */
export function gatherRows(table: Tensor, indices: Tensor, areDistinct = false): Tensor {
  expectFloat('gatherRows', table);
  expectIndices('gatherRows', 'indices', indices);
  if (table.shape.length === 0) throw opError('gatherRows', 'the table needs rows', table, indices);
  return makeTensor('gatherRows', [table, indices], { areDistinct }, [...indices.shape, ...table.shape.slice(1)]);
}

/**
 * Zeros of the shape of `like` [R, ...], plus each update at its row; repeated rows add up. The gradient of
 * `gatherRows`.
 */
export function scatterAddRows(updates: Tensor, indices: Tensor, like: Tensor, areDistinct = false): Tensor {
  expectShape('scatterAddRows', 'updates', updates, [...indices.shape, ...like.shape.slice(1)]);
  return makeTensor('scatterAddRows', [updates, indices, like], { areDistinct }, like.shape);
}

/**
 * Packed rows [N, D] laid out as padded rows [B, S, D]: slot (b, s) holds packed row padIndex[b, s], or zeros where
 * padMask[b, s] is 0. `packIndex` [N] is the inverse: the flat slot b * S + s of each packed row. Every packed row has
 * exactly one slot.
 */
export function padRows(x: Tensor, padIndex: Tensor, packIndex: Tensor, padMask: Tensor): Tensor {
  expectRank('padRows', 'x', x, 2);
  expectRank('padRows', 'padIndex', padIndex, 2);
  expectPacking('padRows', padIndex, packIndex, padMask);
  if (packIndex.shape[0] !== x.shape[0])
    throw opError('padRows', 'packIndex needs one entry per packed row', x, packIndex);
  return makeTensor('padRows', [x, padIndex, packIndex, padMask], {}, [...padIndex.shape, dimAt(x.shape, 1)]);
}

/** The used slots of padded rows y [B, S, D] as packed rows [N, D]: the inverse, and the gradient, of `padRows`. */
export function packRows(y: Tensor, packIndex: Tensor, padIndex: Tensor, padMask: Tensor): Tensor {
  expectRank('packRows', 'y', y, 3);
  expectPacking('packRows', padIndex, packIndex, padMask);
  expectShape('packRows', 'padIndex', padIndex, y.shape.slice(0, 2));
  return makeTensor('packRows', [y, packIndex, padIndex, padMask], {}, [dimAt(packIndex.shape, 0), dimAt(y.shape, 2)]);
}

/**
 * Rotary position embedding in the rotate-half convention of Hugging Face Qwen2 and Llama (Su et al. 2021): within each
 * head, value i of the first half is paired with value i of the second and rotated by the angle of its position;
 * `inverse` rotates back. x [N, heads * headSize], positions int32 [N], tables [maxPositions, headSize / 2].
 */
export function rope(x: Tensor, positions: Tensor, cosTable: Tensor, sinTable: Tensor, headSize: number): Tensor {
  return rotate(x, positions, cosTable, sinTable, headSize, false);
}

export function inverseRope(
  x: Tensor,
  positions: Tensor,
  cosTable: Tensor,
  sinTable: Tensor,
  headSize: number,
): Tensor {
  return rotate(x, positions, cosTable, sinTable, headSize, true);
}

/**
 * -log softmax(logits)[target] for each row: logits [L, V], targets int32 [L] -> losses [L] in nats. Finite for all
 * finite logits.
 */
export function crossEntropyRows(logits: Tensor, targets: Tensor): Tensor {
  expectRank('crossEntropyRows', 'logits', logits, 2);
  expectIndices('crossEntropyRows', 'targets', targets);
  expectShape('crossEntropyRows', 'targets', targets, logits.shape.slice(0, 1));
  return makeTensor('crossEntropyRows', [logits, targets], {}, targets.shape);
}

/** softmax(logits) - onehot(targets): each row's loss gradient before it is multiplied by the upstream gradient. */
export function crossEntropyLogitsGradient(logits: Tensor, targets: Tensor): Tensor {
  return makeTensor('crossEntropyLogitsGradient', [logits, targets], {}, logits.shape);
}

function rotate(
  x: Tensor,
  positions: Tensor,
  cosTable: Tensor,
  sinTable: Tensor,
  headSize: number,
  inverse: boolean,
): Tensor {
  expectRank('rope', 'x', x, 2);
  expectIndices('rope', 'positions', positions);
  expectShape('rope', 'positions', positions, x.shape.slice(0, 1));
  const width = expectNumber('rope', 'the width of x', x.shape[1], x);
  if (headSize % 2 !== 0 || width % headSize !== 0)
    throw opError('rope', `headSize ${headSize} must be even and divide the width`, x);
  expectShape('rope', 'cosTable', cosTable, [dimAt(cosTable.shape, 0), headSize / 2]);
  expectShape('rope', 'sinTable', sinTable, cosTable.shape);
  return makeTensor('rope', [x, positions, cosTable, sinTable], { headSize, inverse }, x.shape);
}

function expectPacking(op: string, padIndex: Tensor, packIndex: Tensor, padMask: Tensor): void {
  expectIndices(op, 'padIndex', padIndex);
  expectIndices(op, 'packIndex', packIndex);
  expectRank(op, 'packIndex', packIndex, 1);
  expectFloat(op, padMask);
  expectShape(op, 'padMask', padMask, padIndex.shape);
}
