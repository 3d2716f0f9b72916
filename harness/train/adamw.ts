/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101) with a global gradient norm limit, as part of the step's graph. All
 * hyperparameters are fed, so one compiled program serves a whole sweep. Bias correction is folded into two scalars
 * (Kingma and Ba, arXiv 1412.6980, end of section 2):
 *   p <- (1 - lr wd) p - stepSize m / (sqrt(v) + epsilonHat),
 *   stepSize = lr sqrt(1 - beta2^t) / (1 - beta1^t),  epsilonHat = epsilon sqrt(1 - beta2^t)
 */
import { add, constant, divide, input, multiply, sqrt, square, subtract, sum, type Tensor } from '../graph/index.ts';
import type { OptimizerSpec } from '../spec/experiment-schema.ts';

export interface Moments {
  readonly first: Tensor;
  readonly second: Tensor;
}
export interface Updated {
  readonly parameter: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
}
export interface Learned {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly moments: Moments;
}

/** Stands for "no limit": its square still fits float32. */
const noLimit = 1e15;

/** One update of all tensors at once, and the gradient norm before clipping. */
export function adamW(learned: readonly Learned[]): {
  readonly updated: readonly Updated[];
  readonly gradientNorm: Tensor;
} {
  const scalar = (name: string): Tensor => input(name, []);
  const [beta1, beta2, epsilonHat, stepSize, shrink] = [
    scalar('beta1'),
    scalar('beta2'),
    scalar('epsilonHat'),
    scalar('stepSize'),
    scalar('weightShrink'),
  ];
  const gradientNorm = sqrt(learned.map(({ gradient }) => squaredSum(gradient)).reduce(add));
  const clip = clipFactor(gradientNorm, scalar('clipNorm'));
  // The clip factor multiplies two scalars instead of every gradient: two passes over memory fewer.
  const firstShare = multiply(scalar('oneMinusBeta1'), clip);
  const secondShare = multiply(scalar('oneMinusBeta2'), square(clip));
  const updated = learned.map(({ parameter, gradient, moments }): Updated => {
    const first = add(multiply(moments.first, beta1), multiply(gradient, firstShare));
    const second = add(multiply(moments.second, beta2), multiply(square(gradient), secondShare));
    const change = divide(multiply(first, stepSize), add(sqrt(second), epsilonHat));
    return { parameter: subtract(decays(parameter) ? multiply(parameter, shrink) : parameter, change), first, second };
  });
  return { updated, gradientNorm };
}

/**
 * The fed scalars of update `step` (counted from 0), each rounded to float32 once: 1 - 0.999 in float32 would be off by
 * 5e-5.
 */
export function adamWScalars(
  optimizer: OptimizerSpec,
  learningRate: number,
  step: number,
): Readonly<Record<string, number>> {
  const { beta1, beta2, epsilon, weightDecay, clipNorm } = optimizer;
  const correction1 = 1 - beta1 ** (step + 1);
  const correction2 = Math.sqrt(1 - beta2 ** (step + 1));
  return {
    beta1,
    beta2,
    oneMinusBeta1: 1 - beta1,
    oneMinusBeta2: 1 - beta2,
    epsilonHat: epsilon * correction2,
    stepSize: (learningRate * correction2) / correction1,
    weightShrink: 1 - learningRate * weightDecay,
    clipNorm: clipNorm ?? noLimit,
  };
}

/** Decay pulls on matrices (embeddings and the score head included), never on biases or norms. */
export function decays(parameter: Tensor): boolean {
  return parameter.shape.length >= 2;
}

/**
 * clipNorm / max(norm, clipNorm): 1 within the limit. max(a, b) = (a + b + |a - b|) / 2, which loses no digits for
 * positive a, b.
 */
function clipFactor(norm: Tensor, clipNorm: Tensor): Tensor {
  const distance = sqrt(square(subtract(norm, clipNorm)));
  const larger = multiply(constant(0.5), add(add(norm, clipNorm), distance));
  return divide(clipNorm, larger);
}

/** The last axis first: one running sum over a million squares loses five digits in float32. */
export function squaredSum(x: Tensor): Tensor {
  return x.shape.reduceRight<Tensor>((partial, _, axis) => sum(partial, [axis]), square(x));
}
