/**
 * The gradients of a matrix product are matrix products. One case has a rule of its own: a gradient that is a wide
 * matrix with each row scaled (token losses: diag(r) (softmax - onehot), as wide as the vocabulary). The scale then
 * moves to the narrow side of both products, which saves a pass over the widest array of the program.
 */
import { multiply } from './elementwise.ts';
import { matmul } from './linear.ts';
import type { Tensor, TensorOf } from './tensor.ts';

export function matmulGradients(t: TensorOf<'matmul'>, upstream: Tensor): readonly [Tensor, Tensor] {
  const [a, b] = t.inputs;
  if (a === undefined || b === undefined) throw new Error('matmul: a factor is missing');
  const scaled = t.attributes.transposeA ? null : rowScaled(upstream);
  if (scaled === null) return [gradientOfA(t, b, upstream), gradientOfB(t, a, upstream)];
  return [
    multiply(gradientOfA(t, b, scaled.rows), scaled.scale),
    gradientOfB(t, multiply(a, scaled.scale), scaled.rows),
  ];
}

function gradientOfA(t: TensorOf<'matmul'>, b: Tensor, dy: Tensor): Tensor {
  const { transposeA, transposeB, scale } = t.attributes;
  if (transposeA) return matmul(b, dy, { transposeA: transposeB, transposeB: true, scale });
  return matmul(dy, b, { transposeB: !transposeB, scale });
}

function gradientOfB(t: TensorOf<'matmul'>, a: Tensor, dy: Tensor): Tensor {
  const { transposeA, transposeB, scale } = t.attributes;
  if (transposeB) return matmul(dy, a, { transposeA: true, transposeB: transposeA, scale });
  return matmul(a, dy, { transposeA: !transposeA, scale });
}

/** dy as diag(scale) rows, if it was built so and the rows are a token loss' gradient. */
function rowScaled(dy: Tensor): { scale: Tensor; rows: Tensor } | null {
  const [scale, rows] = dy.inputs;
  if (dy.op !== 'multiply' || scale === undefined || rows?.op !== 'crossEntropyLogitsGradient') return null;
  return scale.shape.length === 2 && scale.shape[1] === 1 ? { scale, rows } : null;
}
