/**
 * The parts every layer is made of: a model with its parameters, norms, and the one linear map through which
 * all projections go.
 */
import { add, constant, layerNorm, matmul, rmsNorm, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { adapted } from './adapters.ts';
import type { TokenInputs } from './batch-inputs.ts';
import { familyOf } from './family-of.ts';
import type { Family, LinearPart } from './family.ts';
import { headSizeOf } from './model-sizes.ts';
import { rotationsOf, type Rotate } from './rotation.ts';

/** Parameters as tensors, by Hugging Face name. */
export type ParameterTensors = Readonly<Record<string, Tensor>>;

/** A model before any of its layers. */
export interface Assembled {
  readonly model: ModelSpec;
  readonly family: Family;
  readonly headSize: number;
  readonly tokens: TokenInputs;
  readonly parameters: ParameterTensors;
  readonly parameter: (name: string) => Tensor;
  /** One a layer. */
  readonly rotations: readonly Rotate[];
}

/** A model in one of its layers. */
export interface Decoder extends Assembled {
  readonly rotate: Rotate;
}

export function inLayer(model: Assembled, layer: number): Decoder {
  return { ...model, rotate: model.rotations[layer] as Rotate };
}

/** Throws RangeError where the sizes do not fit the family. */
export function assemble(model: ModelSpec, parameters: ParameterTensors, tokens: TokenInputs): Assembled {
  return {
    model,
    family: familyOf(model),
    headSize: headSizeOf(model),
    tokens,
    parameters,
    parameter: (name) => named(parameters, name),
    rotations: rotationsOf(model),
  };
}

export function named(parameters: ParameterTensors, name: string): Tensor {
  const tensor = parameters[name];
  if (!tensor) throw new RangeError(`parameter ${name} is missing`);
  return tensor;
}

/** `name` is absolute, without `.weight`. */
export function norm({ family, parameter }: Pick<Assembled, 'family' | 'parameter'>, name: string, x: Tensor): Tensor {
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
