/** Rules about shapes that several operations share. */
import type { Dim, Shape, Tensor } from './tensor.ts';
import { describe, opError } from './tensor.ts';

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, index) => dim === b[index]);
}

/** The dimension at `axis`, which must exist. */
export function dimAt(shape: Shape, axis: number): Dim {
  const dim = shape[axis];
  if (dim === undefined) throw new Error(`axis ${axis} does not exist in a shape of ${shape.length} dimensions`);
  return dim;
}

/** An axis counted from the front; negative ones count from the back. */
export function normalizeAxis(op: string, tensor: Tensor, axis: number): number {
  const rank = tensor.shape.length;
  const fromFront = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || fromFront < 0 || fromFront >= rank)
    throw opError(op, `axis ${axis} does not exist`, tensor);
  return fromFront;
}

/**
 * numpy's broadcasting: align at the back; sizes are equal, or one of them is 1. A symbol broadcasts only with itself
 * and 1.
 */
export function broadcastShapes(op: string, a: Tensor, b: Tensor): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = a.shape[index - rank + a.shape.length] ?? 1;
    const right = b.shape[index - rank + b.shape.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw opError(op, `sizes ${left} and ${right} do not broadcast`, a, b);
  });
}

export function expectShape(op: string, role: string, tensor: Tensor, shape: Shape): void {
  if (!sameShape(tensor.shape, shape))
    throw new Error(`${op}: ${role} must have shape [${shape.join(', ')}], found ${describe(tensor)}`);
}

export function expectFloat(op: string, ...tensors: readonly Tensor[]): void {
  for (const tensor of tensors) if (tensor.dtype !== 'float32') throw opError(op, 'float32 expected', tensor);
}

export function expectIndices(op: string, role: string, tensor: Tensor): void {
  if (tensor.dtype !== 'int32') throw opError(op, `${role} must be int32`, tensor);
}

export function expectRank(op: string, role: string, tensor: Tensor, rank: number): void {
  if (tensor.shape.length !== rank) throw opError(op, `${role} must have ${rank} dimensions`, tensor);
}

export function expectNumber(op: string, role: string, dim: Dim | undefined, tensor: Tensor): number {
  if (typeof dim !== 'number') throw opError(op, `${role} must be a number, not a symbol`, tensor);
  return dim;
}
