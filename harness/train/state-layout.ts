/**
 * What a run keeps from step to step, by name: which tensors there are, which of them learn, and how each is stored.
 * Sessions and files both follow it.
 */
import type { StateStorage } from '../graph/index.ts';
import {
  allParameterShapes,
  learnedNames,
  scoreBiasName,
  type ParameterShapes,
  type ModelConfig,
} from '../model/index.ts';
import type { OptimizerSpec, TrainableSpec } from '../spec/experiment-schema.ts';

/** Names of what is kept beside a parameter. */
export const momentNames = {
  first: (name: string): string => `adam.first.${name}`,
  second: (name: string): string => `adam.second.${name}`,
} as const;
export const averageName = (name: string): string => `ema.${name}`;

/** All of them for one parameter. */
export function namesBeside(name: string): readonly string[] {
  return [momentNames.first(name), momentNames.second(name), averageName(name)];
}

export interface StateLayout {
  /** The model's own parameters in model order, then adapters. */
  readonly parameters: ParameterShapes;
  /** Those that have moments, and an average where there is one. */
  readonly learned: readonly string[];
  readonly hasAverage: boolean;
  readonly momentStorage: StateStorage;
  readonly frozenStorage: StateStorage;
}

export interface LayoutOptions {
  readonly trainable: TrainableSpec | null;
  readonly optimizer: Pick<OptimizerSpec, 'momentStorage' | 'ema'>;
}

export function stateLayout(model: ModelConfig, { trainable, optimizer }: LayoutOptions): StateLayout {
  return {
    parameters: allParameterShapes(model, trainable),
    learned: learnedNames(model, trainable),
    hasAverage: optimizer.ema !== null,
    momentStorage: optimizer.momentStorage ?? 'float32',
    frozenStorage: trainable?.frozenStorage ?? 'float32',
  };
}

/** Everything of a state file, in the file's order: parameters, first moments, second moments, averages. */
export function storedShapes({ parameters, learned, hasAverage }: StateLayout): ParameterShapes {
  const beside = (nameOf: (name: string) => string): readonly (readonly [string, readonly number[]])[] =>
    learned.map((name) => [nameOf(name), parameters.get(name) as readonly number[]]);
  return new Map([
    ...parameters,
    ...beside(momentNames.first),
    ...beside(momentNames.second),
    ...(hasAverage ? beside(averageName) : []),
  ]);
}

/** The tensor of what a run has made of a parameter: its average where there is one. */
export function finalName({ learned, hasAverage }: Pick<StateLayout, 'learned' | 'hasAverage'>, name: string): string {
  return hasAverage && learned.includes(name) ? averageName(name) : name;
}

/** How each tensor of `storedShapes` is stored; learned parameters and averages always in float32. */
export function storageOf({
  parameters,
  learned,
  momentStorage,
  frozenStorage,
}: StateLayout): (name: string) => StateStorage {
  const isLearned = new Set(learned);
  const isMoment = new Set(learned.flatMap((name) => [momentNames.first(name), momentNames.second(name)]));
  return (name) => {
    if (isMoment.has(name)) return momentStorage;
    // The bias of a reward head is one number, and is kept exactly.
    return parameters.has(name) && !isLearned.has(name) && name !== scoreBiasName ? frozenStorage : 'float32';
  };
}
