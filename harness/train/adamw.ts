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
export interface Updated extends Moments {
  readonly parameter: Tensor;
}
export interface Learned {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly moments: Moments;
  readonly decays: boolean;
}

/** Stands for "no limit": its square still fits float32. */
const noLimit = 1e15;

export interface AdamWUpdate {
  readonly updated: readonly Updated[];
  /** Before clipping. */
  readonly gradientNorm: Tensor;
}

/**
 * One update of all tensors at once.
 * @param slopes What the norm is of: the gradients, where some are flat as they were before.
 */
export function adamW(
  learned: readonly Learned[],
  slopes: readonly Tensor[] = learned.map(({ gradient }) => gradient),
): AdamWUpdate {
  // The last first, as in a backward pass: a runtime that goes by data then computes each as soon as it can be known.
  const gradientNorm = sqrt(slopes.toReversed().map(squaredSum).reduce(add));
  const scalars = updateScalars(gradientNorm);
  return { updated: learned.map((each) => updatedBy(scalars, each)), gradientNorm };
}

interface UpdateScalars {
  readonly beta1: Tensor;
  readonly beta2: Tensor;
  /** What a gradient adds to the first moment: (1 - beta1) clip. */
  readonly firstShare: Tensor;
  /** What a squared gradient adds to the second moment: (1 - beta2) clip^2. */
  readonly secondShare: Tensor;
  readonly epsilonHat: Tensor;
  readonly stepSize: Tensor;
  readonly weightShrink: Tensor;
}

/** The clip factor multiplies two scalars instead of every gradient, which saves two passes over memory. */
function updateScalars(gradientNorm: Tensor): UpdateScalars {
  const scalar = (name: string): Tensor => input(name, []);
  const clip = clipFactor(gradientNorm, scalar('clipNorm'));
  return {
    beta1: scalar('beta1'),
    beta2: scalar('beta2'),
    firstShare: multiply(scalar('oneMinusBeta1'), clip),
    secondShare: multiply(scalar('oneMinusBeta2'), square(clip)),
    epsilonHat: scalar('epsilonHat'),
    stepSize: scalar('stepSize'),
    weightShrink: scalar('weightShrink'),
  };
}

function updatedBy(scalars: UpdateScalars, { parameter, gradient, moments, decays }: Learned): Updated {
  const first = add(multiply(moments.first, scalars.beta1), multiply(gradient, scalars.firstShare));
  const second = add(multiply(moments.second, scalars.beta2), multiply(square(gradient), scalars.secondShare));
  const change = divide(multiply(first, scalars.stepSize), add(sqrt(second), scalars.epsilonHat));
  const shrunk = decays ? multiply(parameter, scalars.weightShrink) : parameter;
  return { parameter: subtract(shrunk, change), first, second };
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
