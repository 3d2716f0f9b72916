/** The feed-forward part of a block: plain, or gated (GLU variants, Shazeer, arXiv 2002.05202). */
import { add, constant, erf, gelu, multiply, silu, split, type Tensor } from '../graph/index.ts';
import { linear, type Decoder } from './decoder-parts.ts';
import type { Activation } from './family.ts';

/** x [N, D], normalized -> what the block adds to the residual stream: [N, D]. */
export function feedForward(decoder: Decoder, block: string, x: Tensor): Tensor {
  return linear(decoder, block, decoder.family.mlp.down, inner(decoder, block, x));
}

/** [N, F]. */
function inner(decoder: Decoder, block: string, x: Tensor): Tensor {
  const { activation, projection } = decoder.family.mlp;
  const activate = activations[activation];
  if (projection.kind === 'plain') return activate(linear(decoder, block, projection.up, x));
  if (projection.kind === 'gated')
    return multiply(activate(linear(decoder, block, projection.gate, x)), linear(decoder, block, projection.up, x));
  const { intermediateSize: width } = decoder.model;
  const [gate, up] = split(linear(decoder, block, projection.gateUp, x), [width, width], 1) as [Tensor, Tensor];
  return multiply(activate(gate), up);
}

const activations: Readonly<Record<Activation, (x: Tensor) => Tensor>> = { silu, 'gelu-tanh': gelu, gelu: exactGelu };

/** x Phi(x) = x/2 (1 + erf(x / sqrt 2)) (Hendrycks and Gimpel, arXiv 1606.08415). */
function exactGelu(x: Tensor): Tensor {
  return multiply(multiply(x, constant(0.5)), add(erf(multiply(x, constant(Math.SQRT1_2))), constant(1)));
}
