/** Elementwise functions in float64, as their definitions say. */
import { broadcastOffset, build, mapArray, sizeOf, stridesOf, type DenseArray } from './array.ts';

export type Kernel = (inputs: readonly DenseArray[]) => DenseArray;

export const unary =
  (f: (x: number) => number): Kernel =>
  ([x]) =>
    mapArray(x!, f);

export const binary =
  (f: (a: number, b: number) => number): Kernel =>
  ([a, b]) =>
    zip(a!, b!, f);

export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

export function siluDerivative(x: number): number {
  const s = sigmoid(x);
  return s + x * s * (1 - s);
}

/**
 * The error function to float64 accuracy: a series of positive terms for small x, beyond them one minus the continued
 * fraction of the complement (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6 || x === 0) return Math.sign(x);
  return Math.sign(x) * (size < 2.5 ? erfSeries(size) : 1 - erfcFraction(size));
}

function erfSeries(x: number): number {
  // 2/sqrt(pi) e^(-x^2) times the sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)).
  let term = x;
  let sum = x;
  for (let n = 1; term > 1e-18 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function erfcFraction(x: number): number {
  let tail = x;
  for (let k = 60; k >= 1; k--) tail = x + k / 2 / tail;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}

const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

export function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(GELU_SCALE * (x + GELU_CUBIC * x ** 3)));
}

export function geluDerivative(x: number): number {
  const t = Math.tanh(GELU_SCALE * (x + GELU_CUBIC * x ** 3));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x);
}

function zip(a: DenseArray, b: DenseArray, f: (a: number, b: number) => number): DenseArray {
  if (sizeOf(a.shape) === sizeOf(b.shape) && a.shape.join() === b.shape.join())
    return { shape: a.shape, data: a.data.map((value, flat) => f(value, b.data[flat]!)) };
  const [stridesA, stridesB] = [stridesOf(a.shape), stridesOf(b.shape)];
  return build(broadcast(a.shape, b.shape), (index) =>
    f(a.data[broadcastOffset(index, a.shape, stridesA)]!, b.data[broadcastOffset(index, b.shape, stridesB)]!),
  );
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (left !== right && left !== 1 && right !== 1)
      throw new Error(
        `sizes ${left} and ${right} do not broadcast at run time; found [${a.join(', ')}] and [${b.join(', ')}]`,
      );
    return left === 1 ? right : left;
  });
}
