/**
 * A dense row-major array of float64, the value type of the reference executor. Indices are whole numbers in the same
 * type.
 */
export interface DenseArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function zeros(shape: readonly number[]): DenseArray {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Elements between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** A new array whose element at `index` is `at(index)`. The index array is reused: do not keep it. */
export function build(shape: readonly number[], at: (index: readonly number[]) => number): DenseArray {
  const result = zeros(shape);
  const index = shape.map(() => 0);
  for (let flat = 0; flat < result.data.length; flat++) {
    result.data[flat] = at(index);
    advance(index, shape);
  }
  return result;
}

/**
 * Offset of `index` in an array of `shape`, where axes of size 1 and missing leading axes repeat (numpy's
 * broadcasting).
 */
export function broadcastOffset(
  index: readonly number[],
  shape: readonly number[],
  strides: readonly number[],
): number {
  const missing = index.length - shape.length;
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] !== 1) offset += index[axis + missing]! * strides[axis]!;
  }
  return offset;
}

/** f of each element. */
export function mapArray(x: DenseArray, f: (value: number) => number): DenseArray {
  return { shape: x.shape, data: x.data.map(f) };
}

/** Rows of the last axis: [how many, how long]. */
export function rowsOf(x: DenseArray): [count: number, length: number] {
  const length = x.shape.at(-1) ?? 1;
  return [length === 0 ? 0 : x.data.length / length, length];
}

function advance(index: number[], shape: readonly number[]): void {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis]! += 1;
    if (index[axis]! < shape[axis]!) return;
    index[axis] = 0;
  }
}
