/** The parameters of a training step as tensors: as the model reads them, and as they are kept. */
import type { StateEntry, Tensor } from '../graph/index.ts';
import {
  allParameterShapes,
  declareAdapters,
  declareParameters,
  learnedNames,
  lmHeadNames,
  scoreBiasName,
  scoreNames,
  type ModelConfig,
  type ParameterTensors,
} from '../model/index.ts';
import { groupInput, learnedGroups, membersOf, together, type LearnedGroup } from './learned-groups.ts';
import type { ObjectiveParts } from './pmp-loss.ts';
import type { StepFeatures } from './step-features.ts';

/**
 * The parameters that a program of these parts reads: without a pairwise part the score head is not in the graph,
 * without an LM part an LM head of its own is not, so neither weight decay nor moments touch them.
 */
export function trainedNames(names: readonly string[], parts: ObjectiveParts): readonly string[] {
  return names.filter(
    (name) => !(parts === 'lm' && scoreNames.has(name)) && !(parts === 'pairwise' && lmHeadNames.has(name)),
  );
}

export interface StepTensors {
  readonly parameters: ParameterTensors;
  /** Of the parameters that the step changes, in model order. */
  readonly names: readonly string[];
  readonly trained: readonly Tensor[];
  /** The same parameters as they are kept, and the state of each group. */
  readonly groups: readonly LearnedGroup[];
  readonly wholes: readonly Tensor[];
  readonly frozen: readonly StateEntry[];
}

export function stepTensors(
  model: ModelConfig,
  parts: ObjectiveParts,
  { trainable, flattening }: StepFeatures,
): StepTensors {
  const declared = declaredParameters(model, trainable);
  const shapes = allParameterShapes(model, trainable);
  const read = trainedNames([...shapes.keys()], parts);
  const learned = new Set(learnedNames(model, trainable));
  const names = read.filter((name) => learned.has(name));
  const frozen = read.filter((name) => !learned.has(name)).map((name) => frozenState(name, declared, trainable));
  const groups = learnedGroups(names, shapes, flattening);
  const wholes = groups.map((group) => groupInput(group));
  const members = new Map(groups.flatMap((group, index) => membersOf(group, wholes[index] as Tensor)));
  const parameters = { ...declared, ...Object.fromEntries(members) };
  const trained = names.map((name) => parameters[name] as Tensor);
  return { parameters, names, trained, groups, wholes, frozen };
}

/** Of each group: what there is of each of its members, given for `trained`. */
export function inGroups({ groups, names }: StepTensors, tensors: readonly Tensor[]): readonly Tensor[] {
  const found = new Map(names.map((name, index) => [name, tensors[index] as Tensor]));
  return groups.map((group) => together(group, (name) => found.get(name) as Tensor));
}

function declaredParameters(model: ModelConfig, trainable: StepFeatures['trainable']): ParameterTensors {
  return { ...declareParameters(model), ...(trainable?.kind === 'lora' && declareAdapters(model, trainable)) };
}

function frozenState(name: string, parameters: ParameterTensors, trainable: StepFeatures['trainable']): StateEntry {
  // The bias of a reward head is one number, and is kept exactly.
  const storage = name === scoreBiasName ? null : trainable?.frozenStorage;
  const tensor = parameters[name] as Tensor;
  return { name, input: tensor, next: tensor, storage: storage ?? 'float32' };
}
