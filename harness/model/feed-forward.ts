/** The feed-forward part of a block: plain, or gated (GLU variants, Shazeer, arXiv 2002.05202). */
import { add, constant, erf, gelu, multiply, silu, type Tensor } from '../graph/index.ts';
import { linear, type Decoder } from './decoder-parts.ts';
import type { Activation } from './family.ts';

/** x [N, D], normalized -> what the block adds to the residual stream: [N, D]. */
export function feedForward(decoder: Decoder, block: string, x: Tensor): Tensor {
  const { activation, gate, up, down } = decoder.family.mlp;
  const raised = linear(decoder, block, up, x); // [N, F]
  const inner =
    gate === null
      ? activations[activation](raised)
      : multiply(activations[activation](linear(decoder, block, gate, x)), raised);
  return linear(decoder, block, down, inner);
}

const activations: Readonly<Record<Activation, (x: Tensor) => Tensor>> = { silu, 'gelu-tanh': gelu, gelu: exactGelu };

/** x Phi(x) = x/2 (1 + erf(x / sqrt 2)) (Hendrycks and Gimpel, arXiv 1606.08415). */
function exactGelu(x: Tensor): Tensor {
  return multiply(multiply(x, constant(0.5)), add(erf(multiply(x, constant(Math.SQRT1_2))), constant(1)));
}
