/**
 * Elementwise operations, with numpy broadcasting for the binary ones. Trivial cases are simplified while the program
 * is built.
 */
import { broadcastShapes, expectFloat, sameShape } from './shape.ts';
import type { OpKind, Shape, Tensor } from './tensor.ts';
import { makeTensor, scalarValue } from './tensor.ts';

type BinaryKind = 'add' | 'subtract' | 'multiply' | 'divide';
type UnaryKind = Extract<
  OpKind,
  | 'negate'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'square'
  | 'reciprocal'
  | 'sigmoid'
  | 'tanh'
  | 'erf'
  | 'softplus'
  | 'silu'
  | 'siluDerivative'
  | 'gelu'
  | 'geluDerivative'
>;

export function add(a: Tensor, b: Tensor): Tensor {
  return binary('add', a, b);
}

export function subtract(a: Tensor, b: Tensor): Tensor {
  return binary('subtract', a, b);
}

export function multiply(a: Tensor, b: Tensor): Tensor {
  if (scalarValue(b) === 1) return a;
  if (scalarValue(a) === 1) return b;
  return binary('multiply', a, b);
}

export function divide(a: Tensor, b: Tensor): Tensor {
  return scalarValue(b) === 1 ? a : binary('divide', a, b);
}

export function negate(x: Tensor): Tensor {
  return unary('negate', x);
}

export function exp(x: Tensor): Tensor {
  return unary('exp', x);
}

export function log(x: Tensor): Tensor {
  return unary('log', x);
}

export function sqrt(x: Tensor): Tensor {
  return unary('sqrt', x);
}

export function square(x: Tensor): Tensor {
  return unary('square', x);
}

export function reciprocal(x: Tensor): Tensor {
  return unary('reciprocal', x);
}

export function sigmoid(x: Tensor): Tensor {
  return unary('sigmoid', x);
}

export function tanh(x: Tensor): Tensor {
  return unary('tanh', x);
}

/** The error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x: the exact GELU is made of it. */
export function erf(x: Tensor): Tensor {
  return unary('erf', x);
}

/** log(1 + e^x), finite for every x: max(x, 0) + log(1 + e^-|x|). */
export function softplus(x: Tensor): Tensor {
  return unary('softplus', x);
}

/** x * sigmoid(x) (Swish-1, Ramachandran et al. 2017). */
export function silu(x: Tensor): Tensor {
  return unary('silu', x);
}

/**
 * The tanh approximation, GPT-2's `gelu_new`: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel
 * 2016).
 */
export function gelu(x: Tensor): Tensor {
  return unary('gelu', x);
}

/** d silu(x) / dx, as one operation so that an executor can share sigmoid(x) with the forward pass. */
export function siluDerivative(x: Tensor): Tensor {
  return unary('siluDerivative', x);
}

/** d gelu(x) / dx of the tanh approximation. */
export function geluDerivative(x: Tensor): Tensor {
  return unary('geluDerivative', x);
}

function unary(op: UnaryKind, x: Tensor): Tensor {
  expectFloat(op, x);
  return makeTensor(op, [x], {}, x.shape);
}

function binary(op: BinaryKind, a: Tensor, b: Tensor): Tensor {
  expectFloat(op, a, b);
  const shape = broadcastShapes(op, a, b);
  return makeTensor(op, [unbroadcast(a, b, shape), unbroadcast(b, a, shape)], {}, shape);
}

/**
 * The operation broadcasts by itself, so an explicit broadcast is dropped where the other operand already has the full
 * shape.
 */
function unbroadcast(tensor: Tensor, other: Tensor, shape: Shape): Tensor {
  const [source] = tensor.inputs;
  const isRedundant =
    tensor.op === 'broadcastLike' &&
    source !== undefined &&
    sameShape(other.shape, shape) &&
    other.op !== 'broadcastLike';
  return isRedundant ? source : tensor;
}
