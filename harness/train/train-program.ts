/**
 * One training step as programs. Plain: one program, forward, backward, clip, AdamW. With gradient accumulation: one
 * program adds the gradients of a part of the step to accumulators, another applies them; their states are shared, so
 * each is held once. Parameters and moments are state that stays with the session.
 */
import {
  add,
  input,
  multiply,
  programOf,
  subtract,
  type Program,
  type StateEntry,
  type StateStorage,
  type Tensor,
} from '../graph/index.ts';
import { numbered, type ModelConfig } from '../model/index.ts';
import { adamW, type Learned, type Moments, type Updated } from './adamw.ts';
import { groupInput, groupState, inRows, membersOf, type Flattening, type LearnedGroup } from './learned-groups.ts';
import { decodedMoments, encodedMoments } from './moment-codec.ts';
import type { LossTensors, ObjectiveParts } from './pmp-loss.ts';
import { averageName, momentNames } from './state-layout.ts';
import { plainStep, type StepFeatures } from './step-features.ts';
import { stepGradients } from './step-gradients.ts';
import { inGroups, stepTensors, type StepTensors } from './step-tensors.ts';

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
  const options = { model, parts, parameters: step.parameters, features };
  const { losses, slopes } = stepGradients(options, step.trained, microBatches);
  const { state, gradientNorm } = updates(step, inGroups(step, slopes), features);
  return programOf({ outputs: { ...lossOutputs(losses), gradientNorm }, state });
}

/**
 * Adds the gradients of some of a step's pairs to the accumulators; with `keepAccumulated` 0 it starts them anew, with
 * 1 it goes on. The losses are this part's share of the step's, because `pairCount` and `labelCount` are those of the
 * whole step.
 */
export function accumulateProgram(model: ModelConfig, parts: ObjectiveParts, features: StepFeatures): Program {
  const step = stepTensors(model, parts, features);
  const { losses, slopes } = stepGradients({ model, parts, parameters: step.parameters, features }, step.trained, 1);
  const accumulated = accumulatedStates(step, inGroups(step, slopes));
  const constant = step.groups.map((group, index) => unchangedGroup(group, step.wholes[index] as Tensor));
  return programOf({ outputs: lossOutputs(losses), state: [...constant, ...step.frozen, ...accumulated] });
}

function accumulatedStates({ groups }: StepTensors, slopes: readonly Tensor[]): readonly StateEntry[] {
  const keep = input('keepAccumulated', []);
  return groups.map((group, index) => {
    const before = groupInput(group, accumulatorName);
    const next = add(multiply(before, keep), slopes[index] as Tensor);
    return groupState(group, { nameOf: accumulatorName, input: before, next });
  });
}

/**
 * Clips the accumulated gradients and updates. Output: `gradientNorm`. Holds all states of the step, so that one
 * session can be filled and read for both.
 */
export function applyProgram(model: ModelConfig, parts: ObjectiveParts, features: StepFeatures): Program {
  const step = stepTensors(model, parts, features);
  const accumulated = step.groups.map((group) => groupInput(group, accumulatorName));
  const { state, gradientNorm } = updates(step, accumulated, features);
  return programOf({
    outputs: { gradientNorm },
    state: [
      ...state,
      ...step.groups.map((group, index) => unchangedGroup(group, accumulated[index] as Tensor, accumulatorName)),
    ],
  });
}

interface LearnedState extends Learned {
  readonly group: LearnedGroup;
  /** The moments as they are kept, which may differ from their values (see moment-codec). */
  readonly stored: Moments;
}

interface Updates {
  readonly state: readonly StateEntry[];
  readonly gradientNorm: Tensor;
}

function updates(step: StepTensors, slopes: readonly Tensor[], features: StepFeatures): Updates {
  const learned = learnedStates(step, slopes, features.momentStorage);
  const { updated, gradientNorm } = adamW(learned, summands(step, slopes, features.flattening));
  return { state: [...updatedStates(learned, updated, features), ...step.frozen], gradientNorm };
}

function updatedStates(
  learned: readonly LearnedState[],
  updated: readonly Updated[],
  { hasAverage, momentStorage }: StepFeatures,
): readonly StateEntry[] {
  const share = hasAverage ? input('averageShare', []) : null;
  return learned.flatMap((each, index) => {
    const next = updated[index] as Updated;
    return [...nextStates(each, next, momentStorage), ...averageStates(each, next, share)];
  });
}

/**
 * What the gradient's norm is summed from. Each parameter in model order: the same sum however they are grouped; or in
 * few operations, where these cost.
 */
function summands(
  { groups, names }: StepTensors,
  slopes: readonly Tensor[],
  flattening: Flattening,
): readonly Tensor[] {
  if (flattening === 'all') return slopes.map(inRows);
  const members = new Map(groups.flatMap((group, index) => membersOf(group, slopes[index] as Tensor)));
  return names.map((name) => members.get(name) as Tensor);
}

function learnedStates(
  { groups, wholes }: StepTensors,
  gradient: readonly Tensor[],
  momentStorage: StateStorage,
): readonly LearnedState[] {
  return groups.map((group, index) => {
    const stored = {
      first: groupInput(group, momentNames.first),
      second: groupInput(group, momentNames.second),
    };
    return {
      group,
      parameter: wholes[index] as Tensor,
      gradient: gradient[index] as Tensor,
      decays: group.decays,
      stored,
      moments: decodedMoments(stored, momentStorage),
    };
  });
}

function nextStates(
  { group, parameter, stored }: LearnedState,
  next: Updated,
  storage: StateStorage,
): readonly StateEntry[] {
  const moments = encodedMoments(next, storage);
  return [
    groupState(group, { input: parameter, next: next.parameter }),
    groupState(group, { nameOf: momentNames.first, input: stored.first, next: moments.first, storage }),
    groupState(group, { nameOf: momentNames.second, input: stored.second, next: moments.second, storage }),
  ];
}

/** average + (1 - decay) (weights - average). No state where there is no average, and so no `share` = 1 - decay. */
function averageStates({ group }: LearnedState, { parameter }: Updated, share: Tensor | null): readonly StateEntry[] {
  if (share === null) return [];
  const average = groupInput(group, averageName);
  const next = add(average, multiply(subtract(parameter, average), share));
  return [groupState(group, { nameOf: averageName, input: average, next })];
}

function unchangedGroup(group: LearnedGroup, tensor: Tensor, nameOf?: (name: string) => string): StateEntry {
  return groupState(group, { input: tensor, next: tensor, ...(nameOf && { nameOf }) });
}

function lossOutputs(losses: readonly LossTensors[]): Readonly<Record<string, Tensor>> {
  const sums = lossNames.flatMap((name) => {
    const some = losses.flatMap((loss) => loss[name] ?? []);
    return some.length === 0 ? [] : [[name, some.reduce((a, b) => add(a, b))] as const];
  });
  const margins = losses.flatMap((loss, index) =>
    loss.margins === null ? [] : [[numbered('margins', index), loss.margins] as const],
  );
  return Object.fromEntries([...sums, ...margins]);
}

const lossNames = ['total', 'pairwise', 'lm', 'centering'] as const;
