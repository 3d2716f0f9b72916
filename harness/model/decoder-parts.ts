/**
 * The parts every layer is made of: a model with its parameters, norms, and the one linear map through which
 * all projections go.
 */
import {
  add,
  constant,
  layerNorm,
  matmul,
  rmsNorm,
  rope,
  concat,
  reshape,
  split,
  type Dim,
  type Tensor,
} from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { adapted } from './adapters.ts';
import type { TokenInputs } from './batch-inputs.ts';
import { familyOf } from './family-of.ts';
import type { Family, LinearPart } from './family.ts';
import { headSizeOf, rotaryWidthOf } from './model-sizes.ts';
import { declareRopes, hasLengthRopes } from './length-ropes.ts';
import { ropeTables } from './rope-tables.ts';

/** Parameters as tensors, by Hugging Face name. */
export type ParameterTensors = Readonly<Record<string, Tensor>>;

export interface Decoder {
  readonly model: ModelSpec;
  readonly family: Family;
  readonly headSize: number;
  readonly tokens: TokenInputs;
  readonly parameters: ParameterTensors;
  readonly parameter: (name: string) => Tensor;
  /** Rotates queries or keys [N, heads * headSize] to their positions [N]; the identity for learned positions. */
  readonly rotate: (x: Tensor, positions: Tensor) => Tensor;
}

/** Throws RangeError where the sizes do not fit the family. */
export function assemble(model: ModelSpec, parameters: ParameterTensors, tokens: TokenInputs): Decoder {
  return {
    model,
    family: familyOf(model),
    headSize: headSizeOf(model),
    tokens,
    parameters,
    parameter: (name) => named(parameters, name),
    rotate: rotation(model),
  };
}

export function named(parameters: ParameterTensors, name: string): Tensor {
  const tensor = parameters[name];
  if (!tensor) throw new RangeError(`parameter ${name} is missing`);
  return tensor;
}

/** `name` is absolute, without `.weight`. */
export function norm({ family, parameter }: Decoder, name: string, x: Tensor): Tensor {
  const { kind, epsilon, weightOffset } = family.norm;
  const weight = parameter(`${name}.weight`);
  const scale = weightOffset === 0 ? weight : add(weight, constant(weightOffset));
  return kind === 'rms' ? rmsNorm(x, scale, epsilon) : layerNorm(x, scale, parameter(`${name}.bias`), epsilon);
}

/** x [N, in] -> [N, out] by the linear map `part` of a block: what adapters add to is added here. */
export function linear(decoder: Decoder, block: string, part: LinearPart, x: Tensor): Tensor {
  const weight = decoder.parameter(`${block}.${part.name}.weight`);
  const product = matmul(x, weight, { transposeB: decoder.family.weightLayout === 'out-in' });
  const y = part.bias ? add(product, decoder.parameter(`${block}.${part.name}.bias`)) : product;
  return adapted(decoder.parameters, `${block}.${part.name}`, { x, y });
}

function rotation(model: ModelSpec): Decoder['rotate'] {
  const { position } = familyOf(model);
  if (position.kind === 'learned') return (x) => x;
  const headSize = headSizeOf(model);
  const width = rotaryWidthOf(model);
  const { cos, sin } = hasLengthRopes(model)
    ? declareRopes(width)
    : ropeTables(model.contextLength, { width, ...position });
  if (width === headSize) return (x, positions) => rope(x, positions, cos, sin, headSize);
  return (x, positions) =>
    rotatedInPart(x, { headSize, width }, (turning) => rope(turning, positions, cos, sin, width));
}

/** Applies `rotate` to the first `width` values of every head of x [N, heads * headSize]; the rest stay. */
function rotatedInPart(
  x: Tensor,
  { headSize, width }: { readonly headSize: number; readonly width: number },
  rotate: (turning: Tensor) => Tensor,
): Tensor {
  const [tokens, columns] = x.shape as readonly [Dim, number];
  const heads = columns / headSize;
  const parts = split(reshape(x, [tokens, heads, headSize]), [width, headSize - width], 2);
  const [turning, resting] = parts as [Tensor, Tensor];
  const turned = rotate(reshape(turning, [tokens, heads * width]));
  return reshape(concat([reshape(turned, [tokens, heads, width]), resting], 2), [tokens, heads * headSize]);
}
