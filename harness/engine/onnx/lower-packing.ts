/**
 * Packed rows <-> padded rows. Scattering onto zeros needs no mask multiply, and when the padded rows are then split
 * into heads (or joined from them) the transposition is folded into the coordinates: one pass over memory instead of
 * four.
 */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import type { ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';

export function padRowsNodes(t: TensorOf<'padRows'>, to: Lowering): ValueName {
  return scatter(t, null, to);
}

export function packRowsNodes(t: TensorOf<'packRows'>, to: Lowering): ValueName {
  const [padded, packIndex, padIndex] = t.inputs as [Tensor, Tensor, Tensor];
  const split = splitHeads(padded, to);
  if (split === null)
    return to.builder.emit('GatherND', [to.value(padded), slotCoordinates(packIndex, padIndex, null, to)]);
  const rows = to.builder.emit('GatherND', [
    to.value(split.values),
    slotCoordinates(packIndex, padIndex, split.heads, to),
  ]);
  return to.builder.emit('Reshape', [rows, to.builder.int64(0, t.shape[1] as number)]);
}

/** padRows, then [B, S, heads, size], then [B, heads, S, size], as one scatter; null for any other transposition. */
export function padIntoHeads(t: TensorOf<'transpose'>, to: Lowering): ValueName | null {
  const reshaped = t.inputs[0] as Tensor;
  const padded = reshaped.inputs[0];
  const isSplit =
    isHeadSwap(t) && reshaped.op === 'reshape' && padded?.op === 'padRows' && sharesRowsAndSlots(reshaped, padded);
  if (!isSplit || !to.isUsedOnce(reshaped) || !to.isUsedOnce(padded)) return null;
  return scatter(padded, { heads: t.shape[1] as number, size: t.shape[3] as number }, to);
}

interface Heads {
  readonly heads: number;
  readonly size: number;
}

/** The tensor [B, heads, S, size] that `padded` [B, S, heads * size] joins, if it does and has no other use. */
function splitHeads(padded: Tensor, to: Lowering): { values: Tensor; heads: number } | null {
  const swapped = padded.inputs[0];
  const isJoined =
    padded.op === 'reshape' &&
    swapped?.op === 'transpose' &&
    isHeadSwap(swapped) &&
    sharesRowsAndSlots(swapped, padded);
  if (!isJoined || !to.isUsedOnce(padded) || !to.isUsedOnce(swapped)) return null;
  return { values: swapped.inputs[0] as Tensor, heads: swapped.shape[2] as number };
}

function isHeadSwap(t: TensorOf<'transpose'>): boolean {
  return t.attributes.permutation.join() === '0,2,1,3';
}

function sharesRowsAndSlots(a: Tensor, b: Tensor): boolean {
  return a.shape[0] === b.shape[0] && a.shape[1] === b.shape[1];
}

function scatter(t: TensorOf<'padRows'>, split: Heads | null, to: Lowering): ValueName {
  const { builder } = to;
  const [x, padIndex, packIndex] = t.inputs as [Tensor, Tensor, Tensor];
  const rowsAndSlots = builder.emit('Shape', [to.value(padIndex)]);
  const width = x.shape[1] as number;
  if (split === null) {
    const zeros = builder.emit('ConstantOfShape', [concat([rowsAndSlots, builder.int64(width)], to)]);
    return builder.emit('ScatterND', [zeros, slotCoordinates(packIndex, padIndex, null, to), to.value(x)]);
  }
  const { heads, size } = split;
  const shape = concat(
    [
      builder.emit('Gather', [rowsAndSlots, builder.int64(0)]),
      builder.int64(heads),
      builder.emit('Gather', [rowsAndSlots, builder.int64(1)]),
      builder.int64(size),
    ],
    to,
  );
  const rows = builder.emit('Reshape', [to.value(x), builder.int64(0, heads, size)]);
  return builder.emit('ScatterND', [
    builder.emit('ConstantOfShape', [shape]),
    slotCoordinates(packIndex, padIndex, heads, to),
    rows,
  ]);
}

/**
 * Where each packed row lies: (row, slot) [N, 2], or with heads (row, head, slot) [N, heads, 3]. Computed once per
 * program and head count.
 */
function slotCoordinates(packIndex: Tensor, padIndex: Tensor, heads: number | null, to: Lowering): ValueName {
  const { builder } = to;
  const flat = builder.emit('Unsqueeze', [to.asInt64(packIndex), builder.int64(1)]);
  const rowLength = builder.emit('Gather', [builder.emit('Shape', [to.value(padIndex)]), builder.int64(1)]);
  const row = builder.emit('Div', [flat, rowLength]);
  const slot = builder.emit('Mod', [flat, rowLength]);
  if (heads === null) return concat([row, slot], to, 1);
  const head = builder.constant(
    [1, heads, 1],
    BigInt64Array.from({ length: heads }, (_, index) => BigInt(index)),
  );
  const perHead = (x: ValueName): ValueName =>
    builder.emit('Expand', [builder.emit('Unsqueeze', [x, builder.int64(2)]), builder.int64(1, heads, 1)]);
  const rows = perHead(row);
  const allHeads = builder.emit('Expand', [head, builder.emit('Shape', [rows])]);
  return concat([rows, allHeads, perHead(slot)], to, 2);
}

function concat(parts: readonly ValueName[], { builder }: Lowering, axis = 0): ValueName {
  return builder.emit('Concat', parts, { attributes: { axis: { kind: 'int', value: axis } } });
}
