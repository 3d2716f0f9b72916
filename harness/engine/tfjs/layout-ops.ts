/** Operations that move values, and sums over axes. */
import type { TensorOf } from '../../graph/index.ts';
import { sizeOfShape } from '../bind-feeds.ts';
import type { Tf, TfTensor } from './backends.ts';
import type { OpContext, OpValues } from './op-context.ts';

/**
 * The target sizes, with the inferred one worked out; without sizes only ones come and go, so the others keep their
 * order.
 */
export function reshape(t: TensorOf<'reshape'>, [x, like]: OpValues, { tf }: OpContext): TfTensor {
  const { sizes } = t.attributes;
  if (like !== undefined) return tf.reshape(x!, like.shape);
  if (sizes !== null)
    return tf.reshape(
      x!,
      sizes.map((size, axis) => (size === 0 ? x!.shape[axis]! : size)),
    );
  const others = x!.shape.filter((_, axis) => t.inputs[0]!.shape[axis] !== 1);
  return tf.reshape(
    x!,
    t.shape.map((dim) => (dim === 1 ? 1 : others.shift()!)),
  );
}

/** The same values in a tensor of its own; only the wasm backend's `clone` would copy them. */
export function alias(tf: Tf, x: TfTensor): TfTensor {
  return tf.reshape(x, x.shape);
}

export function slice(t: TensorOf<'slice'>, [x]: OpValues, { tf }: OpContext): TfTensor {
  const { axis, start, end } = t.attributes;
  return tf.slice(
    x!,
    x!.shape.map((_, i) => (i === axis ? start : 0)),
    x!.shape.map((size, i) => (i === axis ? end - start : size)),
  );
}

export function padAxis(t: TensorOf<'padAxis'>, [x]: OpValues, { tf }: OpContext): TfTensor {
  const { axis, before, after } = t.attributes;
  return tf.pad(
    x!,
    x!.shape.map((_, i): [number, number] => (i === axis ? [before, after] : [0, 0])),
  );
}

export function takeRange(t: TensorOf<'takeRange'>, [x, places]: OpValues, on: OpContext): TfTensor {
  const { axis } = t.attributes;
  on.expectIndices(t.inputs[1]!, x!.shape[axis]!);
  const start = firstOf(places!);
  return on.tf.slice(
    x!,
    x!.shape.map((_, i) => (i === axis ? start : 0)),
    x!.shape.map((size, i) => (i === axis ? places!.size : size)),
  );
}

export function placeRange(t: TensorOf<'placeRange'>, [x, places, like]: OpValues, on: OpContext): TfTensor {
  const { axis } = t.attributes;
  const size = like!.shape[axis]!;
  on.expectIndices(t.inputs[1]!, size);
  const before = firstOf(places!);
  return on.tf.pad(
    x!,
    x!.shape.map((_, i): [number, number] => (i === axis ? [before, size - before - places!.size] : [0, 0])),
  );
}

/** Shapes are the caller's to know here, so the fed number comes back from the backend. */
function firstOf(places: TfTensor): number {
  return places.dataSync()[0] ?? 0;
}

/** Ones times x: on wasm ten times as fast as `broadcastTo`, and exact. */
export function broadcastLike(_: TensorOf<'broadcastLike'>, [x, like]: OpValues, { tf }: OpContext): TfTensor {
  return tf.mul(tf.fill(like!.shape, 1), x!);
}

export function sum(t: TensorOf<'sum'>, [x]: OpValues, on: OpContext): TfTensor {
  const { axes, keepDims } = t.attributes;
  const isLeading = axes.every((axis, i) => axis === i) && axes.length < x!.rank;
  if (isLeading && !keepDims) return sumOverLeading(on, x!, axes.length);
  const isOverAll = axes.length === x!.rank && axes.length > 1;
  // Row sums first: a float32 sum of a million squares in one go would lose two digits.
  if (isOverAll) return on.tf.sum(on.tf.sum(x!, -1, keepDims), undefined, keepDims);
  return on.tf.sum(x!, [...axes], keepDims);
}

/**
 * The sum over the first `count` axes. As a row of ones times a matrix it is ten times as fast as the reduction of wasm
 * and cpu, which transposes; not so on a GPU, whose products may round their factors.
 */
export function sumOverLeading({ tf, engine }: OpContext, x: TfTensor, count: number): TfTensor {
  if (engine === 'native')
    return tf.sum(
      x,
      Array.from({ length: count }, (_, axis) => axis),
    );
  const rows = sizeOfShape(x.shape.slice(0, count));
  const kept = x.shape.slice(count);
  return tf.reshape(tf.matMul(tf.ones([1, rows]), tf.reshape(x, [rows, sizeOfShape(kept)])), kept);
}
