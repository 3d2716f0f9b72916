/**
 * Low-rank adapters (LoRA, Hu et al. 2021, arXiv 2106.09685): beside a frozen linear map W they add scale * B A, with A
 * [rank, in], B [out, rank] and scale = alpha / rank. B starts at 0, so an adapted model starts as the model it adapts.
 * Names as in the `peft` library. A and B have one layout in all families; only the merged product follows the family's
 * weight layout.
 */
import { linearMaps, mapsOfTarget } from '../families/index.ts';
import { add, input, matmul, multiply, type Tensor } from '../graph/index.ts';
import { randomStream } from '../random/index.ts';
import type { ModelSpec, TrainableSpec } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';
import { addLowRank, type LowRank } from './low-rank.ts';
import { parameterShapes, type Parameters, type ParameterShapes, type ReadParameter } from './parameter-shapes.ts';
import type { ModelConfig } from './model-config.ts';
import { elementsOf } from './safetensors-header.ts';

export type LoraSpec = Extract<TrainableSpec, { readonly kind: 'lora' }>;

/** Parameter names of the adapter of a linear map, itself named without `.weight`. */
export const adapterNames = {
  down: (map: string): string => `${map}.lora_A.weight`,
  up: (map: string): string => `${map}.lora_B.weight`,
} as const;

/** The fed scalar alpha / rank: one compiled program serves every alpha. */
export const adapterScaleName = 'adapterScale';

/** The linear maps that get an adapter, by full Hugging Face name without `.weight`, in model order. */
export function adaptedMaps(model: ModelSpec, { targets }: Pick<LoraSpec, 'targets'>): readonly string[] {
  const { family, layers } = model;
  const chosen = new Set(
    targets === null ? linearMaps(family) : targets.flatMap((target) => mapsOfTarget(family, target)),
  );
  const { blocks } = familyOf(model);
  return Array.from({ length: layers }, (_, layer) =>
    linearMaps(family)
      .filter((map) => chosen.has(map))
      .map((map) => `${blocks}.${layer}.${map}`),
  ).flat();
}

/** Adapter parameter name -> shape. */
export function adapterShapes(model: ModelConfig, lora: Pick<LoraSpec, 'targets' | 'rank'>): ParameterShapes {
  const shapes = parameterShapes(model);
  return new Map(
    adaptedMaps(model, lora).flatMap((map) => {
      const { inputs, outputs } = widths(model, shapes, map);
      return [
        [adapterNames.down(map), [lora.rank, inputs]],
        [adapterNames.up(map), [outputs, lora.rank]],
      ] as const;
    }),
  );
}

/**
 * A normal with variance 1 / in, so that its outputs have the scale of its inputs; B 0. The paper does not give the
 * deviation.
 */
export function initAdapters(
  model: ModelConfig,
  { lora, seed }: { readonly lora: Pick<LoraSpec, 'targets' | 'rank'>; readonly seed: number },
): Parameters {
  return Object.fromEntries(
    [...adapterShapes(model, lora)].map(([name, shape]) => {
      const values = new Float32Array(elementsOf(shape));
      if (!name.endsWith(adapterNames.down(''))) return [name, values];
      const stream = randomStream(seed, 'lora', name);
      const deviation = 1 / Math.sqrt(shape[1] as number);
      return [name, values.map(() => deviation * stream.normal())];
    }),
  );
}

/** Adapter inputs and the scale's, to be declared beside the model's parameters. */
export function declareAdapters(
  model: ModelConfig,
  lora: Pick<LoraSpec, 'targets' | 'rank'>,
): Readonly<Record<string, Tensor>> {
  const adapters = [...adapterShapes(model, lora)].map(([name, shape]) => [name, input(name, shape)] as const);
  return { ...Object.fromEntries(adapters), [adapterScaleName]: input(adapterScaleName, []) };
}

/**
 * `y` plus what the adapter of `map` adds for the map's input x [N, in]; `y` itself where there is none. Scaled at its
 * narrowest, [N, rank].
 */
export function adapted(
  parameters: Readonly<Record<string, Tensor>>,
  map: string,
  { x, y }: { readonly x: Tensor; readonly y: Tensor },
): Tensor {
  const [down, up, scale] = [
    parameters[adapterNames.down(map)],
    parameters[adapterNames.up(map)],
    parameters[adapterScaleName],
  ];
  if (!down || !up || !scale) return y;
  return add(y, matmul(multiply(matmul(x, down, { transposeB: true }), scale), up, { transposeB: true }));
}

/**
 * The model's own parameters with W + scale * B A in place of each adapted W; sums in float64, rounded once.
 * `parameters` holds both.
 */
export function mergeAdapters(
  model: ModelConfig,
  { parameters, lora }: { readonly parameters: Parameters; readonly lora: LoraSpec },
): Parameters {
  const shapes = parameterShapes(model);
  const merged = Object.fromEntries([...shapes.keys()].map((name) => [name, parameters[name] as Float32Array]));
  for (const map of adaptedMaps(model, lora)) {
    const weight = `${map}.weight`;
    const values = (merged[weight] as Float32Array).slice();
    addLowRank(values, { ...adapterOf(parameters, map), ...scaled(lora), ...widths(model, shapes, map) });
    merged[weight] = values;
  }
  return merged;
}

/** The same parameter by parameter, of a model that need not fit the memory; `read` gives its own and adapters. */
export function readMerged(model: ModelConfig, lora: LoraSpec, read: ReadParameter): ReadParameter {
  const shapes = parameterShapes(model);
  const maps = new Set(adaptedMaps(model, lora));
  return async (name) => {
    const map = name.replace(/\.weight$/, '');
    if (!maps.has(map)) return read(name);
    const values = (await read(name)).slice();
    const adapter = { down: await read(adapterNames.down(map)), up: await read(adapterNames.up(map)) };
    addLowRank(values, { ...adapter, ...scaled(lora), ...widths(model, shapes, map) });
    return values;
  };
}

function scaled({ alpha, rank }: LoraSpec): Pick<LowRank, 'rank' | 'scale'> {
  return { rank, scale: alpha / rank };
}

function adapterOf(parameters: Parameters, map: string): Pick<LowRank, 'down' | 'up'> {
  return {
    down: parameters[adapterNames.down(map)] as Float32Array,
    up: parameters[adapterNames.up(map)] as Float32Array,
  };
}

function widths(
  model: ModelSpec,
  shapes: ParameterShapes,
  map: string,
): Pick<LowRank, 'inputs' | 'outputs' | 'isTurned'> {
  const shape = shapes.get(`${map}.weight`);
  if (shape === undefined) throw new RangeError(`${map} is no linear map of ${model.family}`);
  const [first, second] = shape as readonly [number, number];
  return familyOf(model).weightLayout === 'out-in'
    ? { inputs: second, outputs: first, isTurned: false }
    : { inputs: first, outputs: second, isTurned: true };
}
