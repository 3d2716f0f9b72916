/**
 * Normalization over the last axis, as fused operations: their gradients reuse the row statistics instead of
 * differentiating through them.
 */
import { dimAt, expectFloat, expectShape } from './shape.ts';
import type { Tensor } from './tensor.ts';
import { makeTensor, opError } from './tensor.ts';

/** weight * x / sqrt(mean(x^2) + epsilon) (Zhang and Sennrich 2019); weight [D]. */
export function rmsNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  checkNorm('rmsNorm', x, weight);
  return makeTensor('rmsNorm', [x, weight], { epsilon }, x.shape);
}

/**
 * weight * (x - mean) / sqrt(variance + epsilon) + bias, with the biased variance (Ba et al. 2016); weight and bias
 * [D].
 */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  checkNorm('layerNorm', x, weight);
  expectShape('layerNorm', 'bias', bias, weight.shape);
  return makeTensor('layerNorm', [x, weight, bias], { epsilon }, x.shape);
}

/** With n = x / rms and g = upstream * weight: (g - n * mean(g * n)) / rms. */
export function rmsNormInputGradient(x: Tensor, weight: Tensor, upstream: Tensor, epsilon: number): Tensor {
  return makeTensor('rmsNormInputGradient', [x, weight, upstream], { epsilon }, x.shape);
}

/** Sum over rows of upstream * x / rms. */
export function rmsNormWeightGradient(x: Tensor, weight: Tensor, upstream: Tensor, epsilon: number): Tensor {
  return makeTensor('rmsNormWeightGradient', [x, weight, upstream], { epsilon }, weight.shape);
}

/** With n = (x - mean) / deviation and g = upstream * weight: (g - mean(g) - n * mean(g * n)) / deviation. */
export function layerNormInputGradient(x: Tensor, weight: Tensor, upstream: Tensor, epsilon: number): Tensor {
  return makeTensor('layerNormInputGradient', [x, weight, upstream], { epsilon }, x.shape);
}

/** Sum over rows of upstream * n. */
export function layerNormWeightGradient(x: Tensor, weight: Tensor, upstream: Tensor, epsilon: number): Tensor {
  return makeTensor('layerNormWeightGradient', [x, weight, upstream], { epsilon }, weight.shape);
}

function checkNorm(op: string, x: Tensor, weight: Tensor): void {
  expectFloat(op, x, weight);
  if (x.shape.length === 0) throw opError(op, 'at least one dimension expected', x);
  if (typeof x.shape.at(-1) !== 'number') throw opError(op, 'the normalized size must be a number', x);
  expectShape(op, 'weight', weight, [dimAt(x.shape, x.shape.length - 1)]);
}
