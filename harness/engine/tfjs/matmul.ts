/**
 * Matrix products. The wasm backend has a fast one only for two plain matrices as they lie in memory (34 GF/s against 2
 * on one core); for transposed factors and for stacks it runs a plain loop. So there the transposition is copied first,
 * and the matrices of a stack are multiplied one by one.
 */
import type { TensorOf } from '../../graph/index.ts';
import { sizeOfShape } from '../bind-feeds.ts';
import type { Tf, TfTensor } from './backends.ts';
import type { OpContext, OpValues } from './op-context.ts';

/** Multiply-adds of one matrix below which the loop over a stack is as fast as handling its matrices one by one. */
const WORTH_UNSTACKING = 30_000;

export function matmul(t: TensorOf<'matmul'>, [a, b]: OpValues, { tf, engine }: OpContext): TfTensor {
  const { transposeA, transposeB, scale } = t.attributes;
  const product =
    engine === 'wasm' ? wasmProduct(tf, a!, b!, { transposeA, transposeB }) : tf.matMul(a!, b!, transposeA, transposeB);
  return scale === 1 ? product : tf.mul(product, scale);
}

interface Transpositions {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function wasmProduct(tf: Tf, a: TfTensor, b: TfTensor, { transposeA, transposeB }: Transpositions): TfTensor {
  if (a.rank === 2) return tf.matMul(straight(tf, a, transposeA), straight(tf, b, transposeB));
  const [rows, columns] = [a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!];
  const work = rows * columns * a.shape.at(transposeA ? -2 : -1)!;
  if (work < WORTH_UNSTACKING) return tf.matMul(a, b, transposeA, transposeB);
  const stacked = sizeOfShape(a.shape.slice(0, -2));
  const products = Array.from({ length: stacked }, (_, index) =>
    tf.tidy(() =>
      tf.matMul(straight(tf, matrixAt(tf, a, index), transposeA), straight(tf, matrixAt(tf, b, index), transposeB)),
    ),
  );
  return tf.reshape(tf.concat(products, 0), [...a.shape.slice(0, -2), rows, columns]);
}

function straight(tf: Tf, matrix: TfTensor, isTransposed: boolean): TfTensor {
  return isTransposed ? tf.transpose(matrix) : matrix;
}

/** One matrix of a stack, gathered as a row: the backend's `slice` would copy the whole stack first. */
function matrixAt(tf: Tf, stack: TfTensor, index: number): TfTensor {
  const [rows, columns] = stack.shape.slice(-2) as [number, number];
  const row = tf.gatherND(tf.reshape(stack, [-1, rows * columns]), tf.tensor2d([index], [1, 1], 'int32'));
  return tf.reshape(row, [rows, columns]);
}
