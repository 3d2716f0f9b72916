/** Which parameters a run may change: all, all beyond frozen ones, or adapters and the reward head. */
import type { TrainableSpec } from '../spec/experiment-schema.ts';
import { adapterShapes } from './adapters.ts';
import { familyOf } from './family-of.ts';
import { scoreBiasName, scoreName } from './head-names.ts';
import { parameterShapes, parameterTable, type ParameterShapes } from './parameter-shapes.ts';
import type { ModelConfig } from './model-config.ts';

/** The model's own parameters in model order, then those of its adapters. */
export function allParameterShapes(model: ModelConfig, trainable: TrainableSpec | null): ParameterShapes {
  const own = parameterShapes(model);
  return trainable?.kind === 'lora' ? new Map([...own, ...adapterShapes(model, trainable)]) : own;
}

/** In model order; the reward head is always among them, its bias never (see head-names.ts). */
export function learnedNames(model: ModelConfig, trainable: TrainableSpec | null): readonly string[] {
  if (trainable?.kind === 'lora') return [scoreName, ...adapterShapes(model, trainable).keys()];
  const table = parameterTable(model).filter(({ name }) => name !== scoreBiasName);
  if (trainable === null) return table.map(({ name }) => name);
  const { blocks } = familyOf(model);
  const frozen = Array.from({ length: trainable.frozenLayers }, (_, layer) => `${blocks}.${layer}.`);
  return table
    .filter(({ name, isEmbedding }) => !isEmbedding && !frozen.some((block) => name.startsWith(block)))
    .map(({ name }) => name);
}
