/** Operations that move values and compute nothing. */
import {
  broadcastShapes,
  dimAt,
  expectFloat,
  expectIndices,
  expectNumber,
  expectRank,
  expectShape,
  normalizeAxis,
  sameShape,
} from './shape.ts';
import type { Dim, Shape, Tensor } from './tensor.ts';
import { formatShape, makeTensor, opError } from './tensor.ts';

/**
 * The same values under another shape. Each symbolic target dimension equals the input dimension at the same index,
 * or is the single one that follows from the others (it may be a new symbol, e.g. [B, 256, D] -> ['N', D]).
 * Sizes of 1 may be inserted and removed anywhere. There and back is no operation.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const [source] = x.inputs;
  if (x.op === 'reshape' && source !== undefined && sameShape(source.shape, shape)) return source;
  const inferred = inferredSizes(x, shape);
  const onlyOnes = sameShape(withoutOnes(x.shape), withoutOnes(shape));
  if (!onlyOnes) checkSizes(x, shape, inferred);
  const sizes = inferred.length > 1 ? null : shape.map((dim, index) => sizeCode(dim, inferred.includes(index)));
  return makeTensor('reshape', [x], { sizes }, shape, x.dtype);
}

/** Where `shape` has a symbol that is not the one of x at the same index. */
function inferredSizes(x: Tensor, shape: Shape): number[] {
  return shape.flatMap((dim, index) => (typeof dim === 'string' && dim !== x.shape[index] ? [index] : []));
}

function checkSizes(x: Tensor, shape: Shape, inferred: readonly number[]): void {
  if (inferred.length > 1)
    throw opError('reshape', `more than one size of ${formatShape(shape)} would have to be inferred`, x);
  if (!holdsAsMany(x.shape, shape, inferred[0] ?? null))
    throw opError('reshape', `${formatShape(shape)} holds another number of values`, x);
}

/** As in ONNX: -1 follows from the other sizes, 0 is the size of the input at the same index. */
function sizeCode(dim: Dim, isInferred: boolean): number {
  if (typeof dim === 'number') return dim;
  return isInferred ? -1 : 0;
}

/**
 * x under the shape of `like`, which holds as many values: the gradient of a `reshape` whose sizes cannot be told in
 * advance.
 */
export function reshapeLike(x: Tensor, like: Tensor): Tensor {
  return makeTensor('reshape', [x, like], { sizes: null }, like.shape, x.dtype);
}

/** Axis i of the result is axis permutation[i] of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  const isPermutation = permutation.length === x.shape.length && x.shape.every((_, axis) => permutation.includes(axis));
  if (!isPermutation) throw opError('transpose', `[${permutation.join(', ')}] is no permutation of the axes`, x);
  return makeTensor(
    'transpose',
    [x],
    { permutation: [...permutation] },
    permutation.map((axis) => dimAt(x.shape, axis)),
    x.dtype,
  );
}

/**
 * The vector x itself, not before all of `others` are computed: what needs it then waits, and what only they need is
 * free by then. An executor may ignore it.
 */
export function after(x: Tensor, others: readonly Tensor[]): Tensor {
  if (x.shape.length !== 1) throw opError('after', 'the first is no vector', x, ...others);
  return others.length === 0 ? x : makeTensor('after', [x, ...others], {}, x.shape, x.dtype);
}

/** Elements start..end-1 of one axis; the axis has a static size. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const along = normalizeAxis('slice', x, axis);
  const size = expectNumber('slice', 'the sliced size', x.shape[along], x);
  if (start < 0 || end > size || start >= end) throw opError('slice', `${start}..${end} lies outside axis ${along}`, x);
  if (start === 0 && end === size) return x;
  return makeTensor('slice', [x], { axis: along, start, end }, replaceDim(x.shape, along, end - start), x.dtype);
}

/** Consecutive slices of `sizes` elements, which must add up to the axis. A `concat` comes apart as it was. */
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  const along = normalizeAxis('split', x, axis);
  const total = sizes.reduce((a, b) => a + b, 0);
  if (total !== x.shape[along])
    throw opError('split', `sizes ${sizes.join(' + ')} = ${total} do not fill axis ${along}`, x);
  if (isJoinedFrom(x, sizes, along)) return [...x.inputs];
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return slice(x, along, start - size, start);
  });
}

function isJoinedFrom(x: Tensor, sizes: readonly number[], axis: number): boolean {
  if (x.op !== 'concat' || x.attributes.axis !== axis || x.inputs.length !== sizes.length) return false;
  return x.inputs.every((part, index) => part.shape[axis] === sizes[index]);
}

/** Tensors one after another along one axis of static size; all other sizes are equal. */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  const [first] = xs;
  if (first === undefined) throw new Error('concat: no tensors');
  if (xs.length === 1) return first;
  const along = normalizeAxis('concat', first, axis);
  if (!xs.every((x) => fitsBeside(x, first, along)))
    throw opError('concat', `all sizes except axis ${along} must agree`, ...xs);
  const total = sizeTogether(xs, along);
  return makeTensor('concat', xs, { axis: along }, replaceDim(first.shape, along, total), first.dtype);
}

function fitsBeside(x: Tensor, first: Tensor, axis: number): boolean {
  return x.dtype === first.dtype && sameShape(replaceDim(x.shape, axis, 0), replaceDim(first.shape, axis, 0));
}

function sizeTogether(xs: readonly Tensor[], axis: number): number {
  return xs.reduce((sum, x) => sum + expectNumber('concat', `the size of axis ${axis}`, x.shape[axis], x), 0);
}

/** Zeros before and after x along one axis: the gradient of `slice`. */
export function padAxis(x: Tensor, axis: number, before: number, after: number): Tensor {
  const size = expectNumber('padAxis', 'the padded size', x.shape[axis], x);
  return makeTensor('padAxis', [x], { axis, before, after }, replaceDim(x.shape, axis, before + size + after));
}

/**
 * Consecutive elements of one axis, which are fed: `places` int32 [E] numbers them in ascending order without a gap.
 * What a `slice` is where neither the size of the axis nor the bounds are known in advance.
 */
export function takeRange(x: Tensor, axis: number, places: Tensor): Tensor {
  const along = rangeAxis('takeRange', x, axis, places);
  return makeTensor('takeRange', [x, places], { axis: along }, replaceDim(x.shape, along, dimAt(places.shape, 0)));
}

/** Zeros of the shape of `like` with x at `places` of one axis: the gradient of `takeRange`. */
export function placeRange(x: Tensor, axis: number, places: Tensor, like: Tensor): Tensor {
  const along = rangeAxis('placeRange', x, axis, places);
  expectShape('placeRange', 'x', x, replaceDim(like.shape, along, dimAt(places.shape, 0)));
  return makeTensor('placeRange', [x, places, like], { axis: along }, like.shape);
}

function rangeAxis(op: string, x: Tensor, axis: number, places: Tensor): number {
  expectFloat(op, x);
  expectIndices(op, 'places', places);
  expectRank(op, 'places', places, 1);
  return normalizeAxis(op, x, axis);
}

/** x repeated to the shape of `like`: the gradient of `sum`. `like` gives only its shape. */
export function broadcastLike(x: Tensor, like: Tensor): Tensor {
  expectFloat('broadcastLike', x, like);
  if (sameShape(x.shape, like.shape)) return x;
  if (!sameShape(broadcastShapes('broadcastLike', x, like), like.shape))
    throw opError('broadcastLike', 'the first does not broadcast to the second', x, like);
  return makeTensor('broadcastLike', [x, like], {}, like.shape);
}

function replaceDim(shape: Shape, axis: number, dim: Dim): Shape {
  return shape.map((old, index) => (index === axis ? dim : old));
}

function withoutOnes(shape: Shape): Shape {
  return shape.filter((dim) => dim !== 1);
}

function holdsAsMany(from: Shape, to: Shape, inferred: number | null): boolean {
  const before = symbolicSize(from);
  const after = symbolicSize(to.filter((_, index) => index !== inferred));
  if (inferred === null) return before.factor === after.factor && before.symbols === after.symbols;
  return after.factor !== 0 && (before.factor % after.factor === 0 || before.symbols !== after.symbols);
}

/** Product of the static sizes, and the symbols as one sorted text. */
function symbolicSize(shape: Shape): { factor: number; symbols: string } {
  const factor = shape.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1);
  const symbols = shape
    .filter((dim) => typeof dim === 'string')
    .sort()
    .join(' ');
  return { factor, symbols };
}
