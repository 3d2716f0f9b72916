/**
 * One training step as programs. Plain: one program, forward, backward, clip, AdamW. With gradient accumulation: one
 * program adds the gradients of a part of the step to accumulators, another applies them; their states are shared, so
 * each is held once. Parameters and moments are state that stays with the session.
 */
import {
  add,
  gradients,
  input,
  multiply,
  programOf,
  subtract,
  type Program,
  type StateEntry,
  type StateStorage,
  type Tensor,
} from '../graph/index.ts';
import {
  allParameterShapes,
  declareAdapters,
  declareBatch,
  declareParameters,
  learnedNames,
  lmHeadNames,
  numbered,
  scoreBiasName,
  scoreNames,
  type ParameterTensors,
  type ModelConfig,
} from '../model/index.ts';
import { adamW, type Learned, type Moments, type Updated } from './adamw.ts';
import { decodedMoments, encodedMoments } from './moment-codec.ts';
import { pmpLoss, type LossTensors, type ObjectiveParts } from './pmp-loss.ts';
import { averageName, momentNames } from './state-layout.ts';
import { plainStep, type StepFeatures } from './step-features.ts';

/** State name of a parameter's accumulated gradient. */
export const accumulatorName = (name: string): string => `gradient.${name}`;

/**
 * Outputs: `total`, `gradientNorm`, and as the objective has them `pairwise`, `lm`, `centering`, `margins` [P].
 * @param microBatches The step's pairs come in this many batches, one after another inside the program; their gradients
 * add up. Activations then stay in the processor's cache, and short rows are not padded to the length of long ones.
 */
export function trainProgram(
  model: ModelConfig,
  parts: ObjectiveParts,
  microBatches = 1,
  features: StepFeatures = plainStep,
): Program {
  const step = stepTensors(model, parts, features);
  const loss = pmpLoss(
    model,
    parts,
    step.parameters,
    Array.from({ length: microBatches }, (_, index) => declareBatch(index)),
    features,
  );
  const { state, gradientNorm } = updates(step, gradients(loss.total, step.trained), features);
  return programOf({ outputs: { ...lossOutputs(loss), gradientNorm }, state });
}

/**
 * Adds the gradients of some of a step's pairs to the accumulators; with `keepAccumulated` 0 it starts them anew, with
 * 1 it goes on. The losses are this part's share of the step's, because `pairCount` and `labelCount` are those of the
 * whole step.
 */
export function accumulateProgram(model: ModelConfig, parts: ObjectiveParts, features: StepFeatures): Program {
  const step = stepTensors(model, parts, features);
  const loss = pmpLoss(model, parts, step.parameters, [declareBatch()], features);
  const accumulated = accumulatedStates(step, gradients(loss.total, step.trained));
  const constant = step.names.map((name, index) => unchanged(name, step.trained[index] as Tensor));
  return programOf({ outputs: lossOutputs(loss), state: [...constant, ...step.frozen, ...accumulated] });
}

function accumulatedStates({ names, trained }: StepTensors, slopes: readonly Tensor[]): readonly StateEntry[] {
  const keep = input('keepAccumulated', []);
  return trained.map(({ shape }, index) => {
    const name = accumulatorName(names[index] as string);
    const before = input(name, shape);
    return { name, input: before, next: add(multiply(before, keep), slopes[index] as Tensor) };
  });
}

/**
 * Clips the accumulated gradients and updates. Output: `gradientNorm`. Holds all states of the step, so that one
 * session can be filled and read for both.
 */
export function applyProgram(model: ModelConfig, parts: ObjectiveParts, features: StepFeatures): Program {
  const step = stepTensors(model, parts, features);
  const accumulated = step.trained.map((parameter, index) =>
    input(accumulatorName(step.names[index] as string), parameter.shape),
  );
  const { state, gradientNorm } = updates(step, accumulated, features);
  return programOf({
    outputs: { gradientNorm },
    state: [
      ...state,
      ...accumulated.map((gradient, index) => unchanged(accumulatorName(step.names[index] as string), gradient)),
    ],
  });
}

/**
 * The parameters that a program of these parts reads: without a pairwise part the score head is not in the graph,
 * without an LM part an LM head of its own is not, so neither weight decay nor moments touch them.
 */
export function trainedNames(names: readonly string[], parts: ObjectiveParts): readonly string[] {
  return names.filter(
    (name) => !(parts === 'lm' && scoreNames.has(name)) && !(parts === 'pairwise' && lmHeadNames.has(name)),
  );
}

interface StepTensors {
  readonly parameters: ParameterTensors;
  /** Of the parameters that the step changes, in model order. */
  readonly names: readonly string[];
  readonly trained: readonly Tensor[];
  readonly frozen: readonly StateEntry[];
}

function stepTensors(model: ModelConfig, parts: ObjectiveParts, { trainable }: StepFeatures): StepTensors {
  const parameters = declaredParameters(model, trainable);
  const read = trainedNames([...allParameterShapes(model, trainable).keys()], parts);
  const learned = new Set(learnedNames(model, trainable));
  const names = read.filter((name) => learned.has(name));
  const frozen = read.filter((name) => !learned.has(name)).map((name) => frozenState(name, parameters, trainable));
  return { parameters, names, trained: names.map((name) => parameters[name] as Tensor), frozen };
}

function declaredParameters(model: ModelConfig, trainable: StepFeatures['trainable']): ParameterTensors {
  return { ...declareParameters(model), ...(trainable?.kind === 'lora' && declareAdapters(model, trainable)) };
}

function frozenState(name: string, parameters: ParameterTensors, trainable: StepFeatures['trainable']): StateEntry {
  // The bias of a reward head is one number, and is kept exactly.
  const storage = name === scoreBiasName ? null : trainable?.frozenStorage;
  return { ...unchanged(name, parameters[name] as Tensor), storage: storage ?? 'float32' };
}

interface LearnedState extends Learned {
  readonly name: string;
  /** The moments as they are kept, which may differ from their values (see moment-codec). */
  readonly stored: Moments;
}

interface Updates {
  readonly state: readonly StateEntry[];
  readonly gradientNorm: Tensor;
}

function updates(step: StepTensors, slopes: readonly Tensor[], features: StepFeatures): Updates {
  const { hasAverage, momentStorage } = features;
  const learned = learnedStates(step, slopes, momentStorage);
  const { updated, gradientNorm } = adamW(learned);
  const share = hasAverage ? input('averageShare', []) : null;
  const state = learned.flatMap((each, index) => {
    const next = updated[index] as Updated;
    return [...nextStates(each, next, momentStorage), ...averageStates(each, next, share)];
  });
  return { state: [...state, ...step.frozen], gradientNorm };
}

function learnedStates(
  { names, trained }: StepTensors,
  slopes: readonly Tensor[],
  momentStorage: StateStorage,
): readonly LearnedState[] {
  return trained.map((parameter, index) => {
    const name = names[index] as string;
    const stored = storedMoments(name, parameter);
    const moments = decodedMoments(stored, momentStorage);
    return { name, parameter, gradient: slopes[index] as Tensor, stored, moments };
  });
}

function storedMoments(name: string, { shape }: Tensor): Moments {
  return { first: input(momentNames.first(name), shape), second: input(momentNames.second(name), shape) };
}

function nextStates(
  { name, parameter, stored }: LearnedState,
  next: Updated,
  storage: StateStorage,
): readonly StateEntry[] {
  const moments = encodedMoments(next, storage);
  return [
    { name, input: parameter, next: next.parameter },
    { name: momentNames.first(name), input: stored.first, next: moments.first, storage },
    { name: momentNames.second(name), input: stored.second, next: moments.second, storage },
  ];
}

/** average + (1 - decay) (weights - average). No state where there is no average, and so no `share` = 1 - decay. */
function averageStates({ name }: LearnedState, { parameter }: Updated, share: Tensor | null): readonly StateEntry[] {
  if (share === null) return [];
  const average = input(averageName(name), parameter.shape);
  const next = add(average, multiply(subtract(parameter, average), share));
  return [{ name: averageName(name), input: average, next }];
}

function unchanged(name: string, tensor: Tensor): StateEntry {
  return { name, input: tensor, next: tensor };
}

function lossOutputs({ total, pairwise, lm, centering, margins }: LossTensors): Readonly<Record<string, Tensor>> {
  return {
    total,
    ...(pairwise && { pairwise }),
    ...(lm && { lm }),
    ...(centering && { centering }),
    ...Object.fromEntries((margins ?? []).map((some, index) => [numbered('margins', index), some])),
  };
}
