/** All that a run needs to go on exactly: parameters, Adam moments, and how far it got. On disk one safetensors file. */
import { checkedParameters, parameterShapes, readSafetensors, withShapes, writeSafetensors, type Parameters } from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import { momentNames } from './train-program.ts';

export interface TrainState {
  readonly parameters: Parameters;
  readonly firstMoments: Parameters;
  readonly secondMoments: Parameters;
  /** Updates done so far. */
  readonly step: number;
  readonly tokensSeen: number;
}

/** The state before the first update: moments 0. */
export function initialState(parameters: Parameters): TrainState {
  const zeros = (): Parameters => Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, new Float32Array(values.length)]));
  return { parameters, firstMoments: zeros(), secondMoments: zeros(), step: 0, tokensSeen: 0 };
}

export async function writeTrainState(path: string, state: TrainState, model: ModelSpec, vocabSize: number): Promise<void> {
  const shapes = stateShapes(model, vocabSize);
  await writeSafetensors(path, withShapes(namedTensors(state), shapes), { step: String(state.step), tokensSeen: String(state.tokensSeen) });
}

/** Throws UserError (exit 4) where the file is damaged or of another model. */
export async function readTrainState(path: string, model: ModelSpec, vocabSize: number): Promise<TrainState> {
  const { tensors, metadata } = await readSafetensors(path);
  const values = checkedParameters(path, tensors, stateShapes(model, vocabSize));
  const [step, tokensSeen] = [Number(metadata['step'] ?? NaN), Number(metadata['tokensSeen'] ?? NaN)];
  if (!Number.isInteger(step) || !Number.isInteger(tokensSeen)) throw new UserError(`${path}: has no step and tokensSeen in its metadata`, { exitCode: 4, hint: 'It is a model, not a training state.' });
  return { ...splitNamedTensors(values, [...parameterShapes(model, vocabSize).keys()]), step, tokensSeen };
}

/** Parameters and moments under the names they have in a session and in a file. */
export function namedTensors(state: Pick<TrainState, 'parameters' | 'firstMoments' | 'secondMoments'>): Parameters {
  const renamed = (values: Parameters, name: (parameter: string) => string): readonly [string, Float32Array][] => Object.entries(values).map(([key, value]) => [name(key), value]);
  return Object.fromEntries([...Object.entries(state.parameters), ...renamed(state.firstMoments, momentNames.first), ...renamed(state.secondMoments, momentNames.second)]);
}

/** The inverse of `namedTensors` for the given parameter names. */
export function splitNamedTensors(values: Parameters, names: readonly string[]): Pick<TrainState, 'parameters' | 'firstMoments' | 'secondMoments'> {
  const pick = (stored: (name: string) => string): Parameters => Object.fromEntries(names.map((name) => {
    const found = values[stored(name)];
    if (!found) throw new RangeError(`state tensor ${stored(name)} is missing`);
    return [name, found];
  }));
  return { parameters: pick((name) => name), firstMoments: pick(momentNames.first), secondMoments: pick(momentNames.second) };
}

function stateShapes(model: ModelSpec, vocabSize: number): Map<string, readonly number[]> {
  const shapes = [...parameterShapes(model, vocabSize)];
  return new Map([...shapes, ...shapes.map(([name, shape]) => [momentNames.first(name), shape] as const), ...shapes.map(([name, shape]) => [momentNames.second(name), shape] as const)]);
}
