/** Operations that move values, and sums over axes. */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import { ELEMENT_TYPES } from './encode-protobuf.ts';
import type { ValueName } from './graph-builder.ts';
import { padIntoHeads } from './lower-packing.ts';
import type { Lowering } from './lowering.ts';

export function reshapeNodes(t: TensorOf<'reshape'>, to: Lowering): ValueName {
  const { builder } = to;
  const [source, like] = t.inputs as [Tensor, Tensor | undefined];
  const x = to.value(source);
  if (like !== undefined) return builder.emit('Reshape', [x, builder.emit('Shape', [to.value(like)])]);
  if (t.attributes.sizes !== null) return builder.emit('Reshape', [x, builder.int64(...t.attributes.sizes)]);
  const removed = onesOf(source);
  const inserted = onesOf(t);
  const squeezed = removed.length === 0 ? x : builder.emit('Squeeze', [x, builder.int64(...removed)]);
  return inserted.length === 0 ? squeezed : builder.emit('Unsqueeze', [squeezed, builder.int64(...inserted)]);
}

export function transposeNodes(t: TensorOf<'transpose'>, to: Lowering): ValueName {
  const padded = padIntoHeads(t, to);
  if (padded !== null) return padded;
  return to.builder.emit('Transpose', t.inputs.map(to.value), {
    attributes: { perm: { kind: 'ints', value: t.attributes.permutation } },
  });
}

/** Slices that together are the whole come out of one node. */
export function sliceNodes(t: TensorOf<'slice'>, to: Lowering): ValueName {
  const source = t.inputs[0] as Tensor;
  const slices = to.usesOf('slice', source).toSorted((a, b) => a.attributes.start - b.attributes.start);
  const { axis } = t.attributes;
  return fillAxis(slices, axis, source)
    ? (splitNodes(slices, axis, to)[slices.indexOf(t)] as ValueName)
    : oneSlice(t, to);
}

function splitNodes(slices: readonly TensorOf<'slice'>[], axis: number, to: Lowering): readonly ValueName[] {
  const source = slices[0]?.inputs[0] as Tensor;
  const sizes = slices.map(({ attributes: { start, end } }) => end - start);
  return to.builder.emitMany('Split', [to.value(source), to.builder.int64(...sizes)], slices.length, {
    attributes: { axis: { kind: 'int', value: axis } },
  });
}

/** Whether each slice begins where the one before it ends, from the first value to the last. */
function fillAxis(slices: readonly TensorOf<'slice'>[], axis: number, source: Tensor): boolean {
  let filled = 0;
  for (const { attributes } of slices) {
    if (attributes.axis !== axis || attributes.start !== filled) return false;
    filled = attributes.end;
  }
  return filled === source.shape[axis];
}

export function oneSlice(t: TensorOf<'slice'>, { builder, value }: Lowering): ValueName {
  const { axis, start, end } = t.attributes;
  return builder.emit('Slice', [
    value(t.inputs[0] as Tensor),
    builder.int64(start),
    builder.int64(end),
    builder.int64(axis),
  ]);
}

export function padAxisNodes(t: TensorOf<'padAxis'>, { builder, value }: Lowering): ValueName {
  const { axis, before, after } = t.attributes;
  return builder.emit('Pad', [value(t.inputs[0] as Tensor), builder.int64(before, after), '', builder.int64(axis)]);
}

export function broadcastLikeNodes(t: TensorOf<'broadcastLike'>, { builder, value }: Lowering): ValueName {
  const [x, like] = t.inputs as [Tensor, Tensor];
  return builder.emit('Expand', [value(x), builder.emit('Shape', [value(like)])]);
}

/** A sum of squares is one pass. */
export function sumNodes(t: TensorOf<'sum'>, to: Lowering): ValueName {
  const source = t.inputs[0] as Tensor;
  const isOfSquares = source.op === 'square' && to.isUsedOnce(source);
  const x = isOfSquares ? (source.inputs[0] as Tensor) : source;
  return to.builder.emit(
    isOfSquares ? 'ReduceSumSquare' : 'ReduceSum',
    [to.value(x), to.builder.int64(...t.attributes.axes)],
    {
      attributes: { keepdims: { kind: 'int', value: t.attributes.keepDims ? 1 : 0 } },
    },
  );
}

export function sizeOfNodes(t: TensorOf<'sizeOf'>, { builder, value }: Lowering): ValueName {
  const sizes = builder.emit('Gather', [
    builder.emit('Shape', [value(t.inputs[0] as Tensor)]),
    builder.int64(...t.attributes.axes),
  ]);
  const asFloat = builder.emit('Cast', [sizes], { attributes: { to: { kind: 'int', value: ONNX_FLOAT } } });
  return builder.emit('ReduceProd', [asFloat], { attributes: { keepdims: { kind: 'int', value: 0 } } });
}

const ONNX_FLOAT = 1;

function onesOf(tensor: Tensor): number[] {
  return tensor.shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
}

/** The runtime has no order but that of data: nothing of each of the others is put behind the vector. */
export function afterNodes(t: TensorOf<'after'>, to: Lowering): ValueName {
  const { builder, value } = to;
  const [x, ...others] = t.inputs as readonly [Tensor, ...Tensor[]];
  const type = { kind: 'int', value: ELEMENT_TYPES[t.dtype] } as const;
  const nothing = builder.emit(
    'Concat',
    others.map((other) => emptied(other, to)),
    { attributes: FIRST_AXIS },
  );
  const typed = builder.emit('Cast', [nothing], { attributes: { to: type } });
  return builder.emit('Concat', [value(x), typed], { attributes: FIRST_AXIS });
}

const FIRST_AXIS = { axis: { kind: 'int', value: 0 } } as const;

/** Of all values none, as a vector. */
function emptied(tensor: Tensor, { builder, value }: Lowering): ValueName {
  const empty = builder.emit('Slice', [value(tensor), builder.int64(0), builder.int64(0), builder.int64(0)]);
  return builder.emit('Reshape', [empty, builder.int64(0)], { attributes: { allowzero: { kind: 'int', value: 1 } } });
}
