/** Normalizations over the last axis, and their gradients from the same row statistics. */
import type { TensorOf } from '../../graph/index.ts';
import type { Tf, TfTensor } from './backends.ts';
import { sumOverLeading } from './layout-ops.ts';
import type { OpContext, OpValues } from './op-context.ts';

type NormTensor = TensorOf<
  | 'rmsNorm'
  | 'layerNorm'
  | 'rmsNormInputGradient'
  | 'rmsNormWeightGradient'
  | 'layerNormInputGradient'
  | 'layerNormWeightGradient'
>;

/** weight * n, + bias where there is one. */
export function norm(t: NormTensor, [x, weight, bias]: OpValues, { tf }: OpContext): TfTensor {
  const scaled = tf.mul(normalized(tf, x!, t).n, weight!);
  return bias === undefined ? scaled : tf.add(scaled, bias);
}

/** inverse (g - mean(g) - n mean(g n)) with g = dy * weight; RMSNorm has no mean(g). */
export function normInputGradient(t: NormTensor, [x, weight, dy]: OpValues, { tf }: OpContext): TfTensor {
  const { n, inverse } = normalized(tf, x!, t);
  const g = tf.mul(dy!, weight!);
  const centred = isCentring(t) ? tf.sub(g, rowMean(tf, g)) : g;
  return tf.mul(inverse, tf.sub(centred, tf.mul(n, rowMean(tf, tf.mul(g, n)))));
}

/** Sum over rows of dy * n. */
export function normWeightGradient(t: NormTensor, [x, , dy]: OpValues, on: OpContext): TfTensor {
  return sumOverLeading(on, on.tf.mul(dy!, normalized(on.tf, x!, t).n), x!.rank - 1);
}

function normalized(tf: Tf, x: TfTensor, t: NormTensor): { n: TfTensor; inverse: TfTensor } {
  const centred = isCentring(t) ? tf.sub(x, rowMean(tf, x)) : x;
  const inverse = tf.rsqrt(tf.add(rowMean(tf, tf.square(centred)), t.attributes.epsilon));
  return { n: tf.mul(centred, inverse), inverse };
}

function rowMean(tf: Tf, x: TfTensor): TfTensor {
  return tf.mean(x, -1, true);
}

function isCentring(t: NormTensor): boolean {
  return t.op.startsWith('layerNorm');
}
