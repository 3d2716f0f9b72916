/**
 * Random start of a model: GPT-2's scheme (normal weights, residual projections scaled by 1/sqrt(2 layers)), each
 * tensor from a stream of its own.
 */
import { randomStream, type RandomStream } from '../random/index.ts';
import { parameterTable, type ParameterEntry, type Parameters } from './parameter-shapes.ts';
import type { ModelConfig } from './model-config.ts';
import { elementsOf } from './safetensors-header.ts';

/**
 * Seeded initial parameters: normal(0, initStandardDeviation), biases 0, norm weights 1. Streams are named by tensor,
 * so adding a layer or another head leaves all other tensors as they were. `only`: names of the parameters to make;
 * null = all.
 */
export function initParameters(model: ModelConfig, seed: number, only: ReadonlySet<string> | null = null): Parameters {
  const wanted = parameterTable(model).filter(({ name }) => only === null || only.has(name));
  return Object.fromEntries(wanted.map((entry) => [entry.name, startOf(entry, model, seed)]));
}

function startOf({ name, shape, start }: ParameterEntry, model: ModelConfig, seed: number): Float32Array {
  const { initStandardDeviation: deviation, layers } = model;
  const values = new Float32Array(elementsOf(shape));
  if (start === 'one') values.fill(1);
  if (start === 'normal') fillNormal(values, deviation, randomStream(seed, 'init', name));
  if (start === 'residual') fillNormal(values, deviation / Math.sqrt(2 * layers), randomStream(seed, 'init', name));
  return values;
}

/** Box-Muller, both values of a pair: half the random bits that `normal()` one by one would take. */
function fillNormal(values: Float32Array, deviation: number, stream: RandomStream): void {
  for (let i = 0; i < values.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - stream.uniform()));
    const angle = 2 * Math.PI * stream.uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
}
