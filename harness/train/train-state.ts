/**
 * All that a run needs to go on exactly: parameters, Adam moments, averages, and how far it got. On disk one
 * safetensors file, each tensor as it is kept.
 */
import { narrow, widen, type StateStorage } from '../graph/index.ts';
import {
  checkedParameters,
  checkEntries,
  mergeAdapters,
  readHeader,
  readSafetensors,
  withShapes,
  writeSafetensors,
  type Parameters,
  type ModelConfig,
} from '../model/index.ts';
import type { TrainableSpec } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import { averageName, momentNames, storageOf, storedShapes, type StateLayout } from './state-layout.ts';

export interface TrainState {
  /** The model's own, and adapters where there are any. */
  readonly parameters: Parameters;
  /** Moments and averages are of the parameters that learn. */
  readonly firstMoments: Parameters;
  readonly secondMoments: Parameters;
  /** Exponential moving averages; null where they are off. */
  readonly averages: Parameters | null;
  /** Updates done so far. */
  readonly step: number;
  readonly tokensSeen: number;
}

type Tensors = Pick<TrainState, 'parameters' | 'firstMoments' | 'secondMoments' | 'averages'>;

/**
 * The state before the first update: moments 0, averages at the weights. Without a layout everything learns, and
 * nothing is averaged.
 */
export function initialState(parameters: Parameters, layout?: StateLayout): TrainState {
  const learned = layout?.learned ?? Object.keys(parameters);
  return {
    parameters: layout === undefined ? parameters : asStored(parameters, layout),
    firstMoments: zerosLike(parameters, learned),
    secondMoments: zerosLike(parameters, learned),
    averages: layout?.hasAverage ? copied(parameters, learned) : null,
    step: 0,
    tokensSeen: 0,
  };
}

function zerosLike(parameters: Parameters, names: readonly string[]): Parameters {
  return Object.fromEntries(names.map((name) => [name, new Float32Array((parameters[name] as Float32Array).length)]));
}

function copied(parameters: Parameters, names: readonly string[]): Parameters {
  return Object.fromEntries(names.map((name) => [name, (parameters[name] as Float32Array).slice()]));
}

/** What a run has made: averages in place of weights where they are kept, adapters beside the model's own. */
export function finalParameters({ parameters, averages }: TrainState): Parameters {
  return { ...parameters, ...averages };
}

/** The model that a run has made: its adapters merged. */
export function trainedModel(state: TrainState, model: ModelConfig, trainable: TrainableSpec | null): Parameters {
  const final = finalParameters(state);
  if (trainable?.kind === 'lora') return mergeAdapters(model, { parameters: final, lora: trainable });
  return final;
}

export async function writeTrainState(path: string, state: TrainState, layout: StateLayout): Promise<void> {
  await writeSafetensors(
    path,
    withShapes(namedTensors(state), storedShapes(layout)),
    { step: String(state.step), tokensSeen: String(state.tokensSeen) },
    storageOf(layout),
  );
}

/** Throws UserError (exit 4) where the file is damaged or of another model. */
export async function readTrainState(path: string, layout: StateLayout): Promise<TrainState> {
  const { tensors, metadata } = await readSafetensors(path);
  const values = checkedParameters(path, tensors, storedShapes(layout));
  return { ...splitNamedTensors(values, layout), ...progressIn(path, metadata) };
}

/** How far a run has got. */
export type TrainProgress = Pick<TrainState, 'step' | 'tokensSeen'>;

/** From the header of the file alone. Throws as `readTrainState`. */
export function describeTrainState(path: string, layout: StateLayout): TrainProgress {
  const { entries, metadata } = readHeader(path);
  checkEntries(path, storedShapes(layout), entries);
  return progressIn(path, metadata);
}

function progressIn(path: string, metadata: Readonly<Record<string, string>>): TrainProgress {
  const [step, tokensSeen] = [Number(metadata['step'] ?? NaN), Number(metadata['tokensSeen'] ?? NaN)];
  if (!Number.isInteger(step) || !Number.isInteger(tokensSeen))
    throw new UserError(`${path}: has no step and tokensSeen in its metadata`, {
      exitCode: 4,
      hint: 'It is a model, not a training state.',
    });
  return { step, tokensSeen };
}

/** Everything under the names it has in a session and in a file. */
export function namedTensors({ parameters, firstMoments, secondMoments, averages }: Tensors): Parameters {
  const renamed = (values: Parameters, name: (parameter: string) => string): readonly [string, Float32Array][] =>
    Object.entries(values).map(([key, value]) => [name(key), value]);
  return Object.fromEntries([
    ...Object.entries(parameters),
    ...renamed(firstMoments, momentNames.first),
    ...renamed(secondMoments, momentNames.second),
    ...renamed(averages ?? {}, averageName),
  ]);
}

/** The inverse of `namedTensors`. */
export function splitNamedTensors(
  values: Parameters,
  { parameters, learned, hasAverage }: Pick<StateLayout, 'parameters' | 'learned' | 'hasAverage'>,
): Tensors {
  return {
    parameters: pick(values, [...parameters.keys()], (name) => name),
    firstMoments: pick(values, learned, momentNames.first),
    secondMoments: pick(values, learned, momentNames.second),
    averages: hasAverage ? pick(values, learned, averageName) : null,
  };
}

/** @param storedName The name under which the tensor of a parameter is kept. */
function pick(values: Parameters, names: readonly string[], storedName: (name: string) => string): Parameters {
  return Object.fromEntries(
    names.map((name) => {
      const found = values[storedName(name)];
      if (!found) throw new RangeError(`state tensor ${storedName(name)} is missing`);
      return [name, found];
    }),
  );
}

/** Frozen parameters rounded to how they are kept, so that session, file and saved model hold the same values. */
export function asStored(parameters: Parameters, layout: StateLayout): Parameters {
  const storage = storageOf(layout);
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, rounded(values, storage(name))]));
}

function rounded(values: Float32Array, storage: StateStorage): Float32Array {
  return storage === 'float32' ? values : widen(narrow(values, storage), storage);
}
