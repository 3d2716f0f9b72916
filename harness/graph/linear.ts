/**
 * Matrix products. The scale and the transpositions belong to the operation because every backend's GEMM does them for
 * free.
 */
import { dimAt, expectFloat } from './shape.ts';
import type { Shape, Tensor } from './tensor.ts';
import { makeTensor, opError } from './tensor.ts';

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Multiplies the product, e.g. 1/sqrt(headSize). */
  readonly scale?: number;
}

/** scale * op(a) op(b), for [M,K] x [K,N], or for stacks of matrices with equal leading dimensions. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  const batch = batchOf(a, b);
  const [rows, innerA] = lastTwo(a, transposeA);
  const [innerB, columns] = lastTwo(b, transposeB);
  if (innerA !== innerB) {
    const how = `transposeA ${transposeA}, transposeB ${transposeB}`;
    throw opError('matmul', `inner sizes ${innerA} and ${innerB} differ (${how})`, a, b);
  }
  return makeTensor('matmul', [a, b], { transposeA, transposeB, scale }, [...batch, rows, columns]);
}

/** The leading dimensions, which both factors have in common. */
function batchOf(a: Tensor, b: Tensor): Shape {
  expectFloat('matmul', a, b);
  const rank = a.shape.length;
  if (rank < 2 || b.shape.length !== rank)
    throw opError('matmul', 'both factors need the same number of dimensions, at least 2', a, b);
  const batch = a.shape.slice(0, -2);
  if (batch.some((dim, axis) => dim !== b.shape[axis])) throw opError('matmul', 'leading dimensions differ', a, b);
  return batch;
}

function lastTwo(tensor: Tensor, isTransposed: boolean): [string | number, string | number] {
  const rank = tensor.shape.length;
  const rows = dimAt(tensor.shape, rank - 2);
  const columns = dimAt(tensor.shape, rank - 1);
  return isTransposed ? [columns, rows] : [rows, columns];
}
