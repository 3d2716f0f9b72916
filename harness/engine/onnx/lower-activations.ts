/**
 * Activations and their derivatives. Where a program needs both, they share the sigmoid; alone, the fused operator is
 * one pass.
 */
import type { Tensor, TensorOf } from '../../graph/index.ts';
import { MICROSOFT, type ValueName } from './graph-builder.ts';
import type { Lowering } from './lowering.ts';

export function siluNodes(t: TensorOf<'silu'>, to: Lowering): ValueName {
  const source = t.inputs[0] as Tensor;
  const x = to.value(source);
  if (to.findUse('siluDerivative', source) === undefined) {
    return to.builder.emit('QuickGelu', [x], { domain: MICROSOFT, attributes: { alpha: { kind: 'float', value: 1 } } });
  }
  return to.builder.emit('Mul', [x, to.builder.emit('Sigmoid', [x])]);
}

/** s + x s (1 - s) = s (1 + x - silu(x)) with s = sigmoid(x). */
export function siluDerivativeNodes(t: TensorOf<'siluDerivative'>, to: Lowering): ValueName {
  const { builder } = to;
  const x = to.value(t.inputs[0] as Tensor);
  const s = builder.emit('Sigmoid', [x]);
  const silu = builder.emit('Mul', [x, s]);
  const inner = builder.emit('Add', [builder.emit('Sub', [x, silu]), builder.scalar(1)]);
  return builder.emit('Mul', [inner, s]);
}

/** (1 + tanh u) / 2 = sigmoid(2u), and 2u = x (a + b x^2). */
const A = 2 * Math.sqrt(2 / Math.PI);
const B = A * 0.044715;

export function geluNodes(t: TensorOf<'gelu'>, to: Lowering): ValueName {
  const source = t.inputs[0] as Tensor;
  const x = to.value(source);
  if (to.findUse('geluDerivative', source) === undefined) {
    return to.builder.emit('Gelu', [x], { attributes: { approximate: { kind: 'string', value: 'tanh' } } });
  }
  return to.builder.emit('Mul', [x, geluGate(x, to).gate]);
}

/** s + gelu(x) (1 - s) (a + 3 b x^2). */
export function geluDerivativeNodes(t: TensorOf<'geluDerivative'>, to: Lowering): ValueName {
  const { builder } = to;
  const x = to.value(t.inputs[0] as Tensor);
  const { gate, cubic } = geluGate(x, to);
  const gelu = builder.emit('Mul', [x, gate]);
  const slope = builder.emit('Add', [builder.emit('Mul', [cubic, builder.scalar(3)]), builder.scalar(A)]);
  const rest = builder.emit('Mul', [gelu, builder.emit('Sub', [builder.scalar(1), gate])]);
  return builder.emit('Add', [gate, builder.emit('Mul', [rest, slope])]);
}

function geluGate(x: ValueName, { builder }: Lowering): { gate: ValueName; cubic: ValueName } {
  const cubic = builder.emit('Mul', [builder.emit('Mul', [x, x]), builder.scalar(B)]);
  const doubled = builder.emit('Mul', [x, builder.emit('Add', [cubic, builder.scalar(A)])]);
  return { gate: builder.emit('Sigmoid', [doubled]), cubic };
}
