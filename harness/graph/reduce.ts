/** Sums over axes, and the softmax. */
import { divide, multiply } from './elementwise.ts';
import { expectFloat, normalizeAxis } from './shape.ts';
import type { Shape, Tensor } from './tensor.ts';
import { constant, makeTensor, opError } from './tensor.ts';

/** Sum over `axes` (negative ones count from the back; symbolic sizes are allowed). Over all axes it is a scalar. */
export function sum(x: Tensor, axes: readonly number[], keepDims = false): Tensor {
  expectFloat('sum', x);
  const reduced = normalizedAxes('sum', x, axes);
  if (reduced.length === 0) return x;
  return makeTensor('sum', [x], { axes: reduced, keepDims }, reducedShape(x.shape, reduced, keepDims));
}

/**
 * Arithmetic mean over `axes`, as `sum` divided by the number of values (a run-time number where a size is symbolic).
 */
export function mean(x: Tensor, axes: readonly number[], keepDims = false): Tensor {
  const total = sum(x, axes, keepDims);
  const reduced = normalizedAxes('mean', x, axes);
  const sizes = reduced.map((axis) => x.shape[axis]);
  const isStatic = sizes.every((size) => typeof size === 'number');
  if (isStatic) return multiply(total, constant(1 / sizes.reduce((product, size) => product * size, 1)));
  return divide(total, sizeOf(x, reduced));
}

/** The number of values along `axes` as a float32 scalar. `x` gives only its shape. */
export function sizeOf(x: Tensor, axes: readonly number[]): Tensor {
  return makeTensor('sizeOf', [x], { axes: normalizedAxes('sizeOf', x, axes) }, []);
}

/** e^x / sum e^x over the last axis. */
export function softmax(x: Tensor): Tensor {
  expectFloat('softmax', x);
  if (x.shape.length === 0) throw opError('softmax', 'at least one dimension expected', x);
  return makeTensor('softmax', [x], {}, x.shape);
}

function normalizedAxes(op: string, x: Tensor, axes: readonly number[]): number[] {
  const fromFront = axes.map((axis) => normalizeAxis(op, x, axis)).sort((a, b) => a - b);
  if (new Set(fromFront).size !== fromFront.length)
    throw opError(op, `axes [${axes.join(', ')}] name one axis twice`, x);
  return fromFront;
}

function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return keepDims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : shape.filter((_, axis) => !axes.includes(axis));
}
