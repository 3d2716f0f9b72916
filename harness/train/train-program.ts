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
  scoreName,
  type ParameterTensors,
  type ModelConfig,
} from '../model/index.ts';
import { adamW, type Moments, type Updated } from './adamw.ts';
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
  const slopes = gradients(loss.total, step.trained);
  const keep = input('keepAccumulated', []);
  const accumulated = step.trained.map((parameter, index): StateEntry => {
    const before = input(accumulatorName(step.names[index] as string), parameter.shape);
    return {
      name: accumulatorName(step.names[index] as string),
      input: before,
      next: add(multiply(before, keep), slopes[index] as Tensor),
    };
  });
  const constant = step.names.map((name, index) => unchanged(name, step.trained[index] as Tensor));
  return programOf({ outputs: lossOutputs(loss), state: [...constant, ...step.frozen, ...accumulated] });
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
    (name) => !(parts === 'lm' && name === scoreName) && !(parts === 'pairwise' && lmHeadNames.has(name)),
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
  const parameters = {
    ...declareParameters(model),
    ...(trainable?.kind === 'lora' && declareAdapters(model, trainable)),
  };
  const read = trainedNames([...allParameterShapes(model, trainable).keys()], parts);
  const learned = new Set(learnedNames(model, trainable));
  const names = read.filter((name) => learned.has(name));
  const frozen = read
    .filter((name) => !learned.has(name))
    .map((name) => ({
      ...unchanged(name, parameters[name] as Tensor),
      storage: trainable?.frozenStorage ?? ('float32' as const),
    }));
  return { parameters, names, trained: names.map((name) => parameters[name] as Tensor), frozen };
}

function updates(
  { names, trained, frozen }: StepTensors,
  slopes: readonly Tensor[],
  { hasAverage, momentStorage }: StepFeatures,
): { readonly state: readonly StateEntry[]; readonly gradientNorm: Tensor } {
  const learned = trained.map((parameter, index) => {
    const name = names[index] as string;
    const stored = storedMoments(name, parameter);
    const moments = decodedMoments(stored, momentStorage);
    return { name, parameter, gradient: slopes[index] as Tensor, stored, moments };
  });
  const { updated, gradientNorm } = adamW(learned);
  const share = hasAverage ? input('averageShare', []) : null;
  const state = learned.flatMap((each, index): StateEntry[] => {
    const next = updated[index] as Updated;
    const average = share === null ? [] : [averaged(each.name, next.parameter, share)];
    return [...nextStates(each, next, momentStorage), ...average];
  });
  return { state: [...state, ...frozen], gradientNorm };
}

function storedMoments(name: string, { shape }: Tensor): Moments {
  return { first: input(momentNames.first(name), shape), second: input(momentNames.second(name), shape) };
}

function nextStates(
  { name, parameter, stored }: { readonly name: string; readonly parameter: Tensor; readonly stored: Moments },
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

/** average + (1 - decay) (weights - average). */
function averaged(name: string, next: Tensor, share: Tensor): StateEntry {
  const average = input(averageName(name), next.shape);
  return { name: averageName(name), input: average, next: add(average, multiply(subtract(next, average), share)) };
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
