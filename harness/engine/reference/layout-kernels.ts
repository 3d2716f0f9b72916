/** Kernels that move values, sum over axes, and multiply matrices. */
import { broadcastOffset, build, sizeOf, stridesOf, zeros, type DenseArray } from './array.ts';

export function matmul(
  a: DenseArray,
  b: DenseArray,
  options: { transposeA: boolean; transposeB: boolean; scale: number },
): DenseArray {
  const rank = a.shape.length;
  const [aRows, aColumns] = [a.shape[rank - 2]!, a.shape[rank - 1]!];
  const [bRows, bColumns] = [b.shape[rank - 2]!, b.shape[rank - 1]!];
  const [rows, inner] = options.transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const columns = options.transposeB ? bRows : bColumns;
  const result = zeros([...a.shape.slice(0, -2), rows, columns]);
  const [aStep, aAlong] = options.transposeA ? [1, aColumns] : [aColumns, 1];
  const [bStep, bAlong] = options.transposeB ? [bColumns, 1] : [1, bColumns];
  for (let flat = 0; flat < result.data.length; flat++) {
    const matrix = Math.floor(flat / (rows * columns));
    const row = Math.floor(flat / columns) % rows;
    let aAt = matrix * aRows * aColumns + row * aStep;
    let bAt = matrix * bRows * bColumns + (flat % columns) * bStep;
    let total = 0;
    for (let k = 0; k < inner; k++, aAt += aAlong, bAt += bAlong) total += a.data[aAt]! * b.data[bAt]!;
    result.data[flat] = options.scale * total;
  }
  return result;
}

export function transpose(x: DenseArray, permutation: readonly number[]): DenseArray {
  const strides = stridesOf(x.shape);
  const shape = permutation.map((axis) => x.shape[axis]!);
  return build(shape, (index) => x.data[index.reduce((offset, at, i) => offset + at * strides[permutation[i]!]!, 0)]!);
}

export function slice(x: DenseArray, axis: number, start: number, end: number): DenseArray {
  const strides = stridesOf(x.shape);
  const shape = x.shape.map((size, i) => (i === axis ? end - start : size));
  return build(shape, (index) => x.data[offsetOf(index, strides) + start * strides[axis]!]!);
}

export function padAxis(x: DenseArray, axis: number, before: number, after: number): DenseArray {
  const strides = stridesOf(x.shape);
  const size = x.shape[axis]!;
  const shape = x.shape.map((old, i) => (i === axis ? before + old + after : old));
  return build(shape, (index) => {
    const at = index[axis]! - before;
    return at < 0 || at >= size ? 0 : x.data[offsetOf(index, strides) - before * strides[axis]!]!;
  });
}

export function concat(xs: readonly DenseArray[], axis: number): DenseArray {
  const total = xs.reduce((size, x) => size + x.shape[axis]!, 0);
  const shape = xs[0]!.shape.map((size, i) => (i === axis ? total : size));
  const chunk = (x: DenseArray): number => sizeOf(x.shape.slice(axis));
  const result = zeros(shape);
  let at = 0;
  for (let outer = 0; outer < sizeOf(shape.slice(0, axis)); outer++) {
    for (const x of xs) {
      result.data.set(x.data.subarray(outer * chunk(x), (outer + 1) * chunk(x)), at);
      at += chunk(x);
    }
  }
  return result;
}

export function broadcastLike(x: DenseArray, like: DenseArray): DenseArray {
  const strides = stridesOf(x.shape);
  return build(like.shape, (index) => x.data[broadcastOffset(index, x.shape, strides)]!);
}

export function sum(x: DenseArray, axes: readonly number[], keepDims: boolean): DenseArray {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const result = zeros(kept);
  const strides = stridesOf(kept);
  let flat = 0;
  build(x.shape, (index) => (result.data[broadcastOffset(index, kept, strides)]! += x.data[flat++]!));
  return { shape: keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis)), data: result.data };
}

function offsetOf(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((offset, at, axis) => offset + at * strides[axis]!, 0);
}
