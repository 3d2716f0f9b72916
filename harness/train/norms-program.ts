/**
 * How far an update moved the weights. It is computed from the state after the update, and only at steps that are
 * logged, so that the step itself costs no more. With AdamW's p' = shrink p - c, c = stepSize m / (sqrt(v) +
 * epsilonHat), the change is p' - p = (1 - 1/shrink) p' - c / shrink. With moments stored in 16 bits it is the change
 * that the rounded moments would make, right to two or three digits.
 */
import {
  add,
  divide,
  input,
  multiply,
  programOf,
  sqrt,
  type Program,
  type StateEntry,
  type StateStorage,
  type Tensor,
} from '../graph/index.ts';
import type { ParameterShapes } from '../model/index.ts';
import { squaredSum, type Updated } from './adamw.ts';
import {
  decays,
  groupInput,
  groupState,
  inRows,
  learnedGroups,
  membersOf,
  type Flattening,
  type LearnedGroup,
} from './learned-groups.ts';
import { decodedMoments } from './moment-codec.ts';
import { momentNames } from './state-layout.ts';

export interface NormsOptions {
  readonly shapes: ParameterShapes;
  /** Names of the parameters that the step changes. */
  readonly trained: readonly string[];
  readonly momentStorage: StateStorage;
  /** As in the program of the step, with which it shares states. */
  readonly flattening: Flattening;
}

/**
 * Outputs `updateNorm` and `parameterNorm`: Euclidean norms over all trained parameters. Its state is that of the step,
 * and is only read.
 */
export function normsProgram({ shapes, trained, momentStorage, flattening }: NormsOptions): Program {
  const scalars = normScalars();
  const read = learnedGroups(trained, shapes, flattening).map(stateTensors);
  const summands = (whole: (tensors: StateTensors) => Tensor): readonly Tensor[] => {
    if (flattening === 'all') return read.map((tensors) => inRows(whole(tensors)));
    const members = new Map(read.flatMap((tensors) => membersOf(tensors.group, whole(tensors))));
    return trained.map((name) => members.get(name) as Tensor);
  };
  return programOf({
    outputs: {
      updateNorm: norm(summands((tensors) => changeOf(tensors, momentStorage, scalars))),
      parameterNorm: norm(summands(({ parameter }) => parameter)),
    },
    state: read.flatMap((tensors) => readStates(tensors, momentStorage)),
  });
}

interface NormScalars {
  readonly stepSize: Tensor;
  readonly epsilonHat: Tensor;
  readonly pull: Tensor;
  readonly inverseShrink: Tensor;
}

function normScalars(): NormScalars {
  const scalar = (name: keyof NormScalars): Tensor => input(name, []);
  return {
    stepSize: scalar('stepSize'),
    epsilonHat: scalar('epsilonHat'),
    pull: scalar('pull'),
    inverseShrink: scalar('inverseShrink'),
  };
}

interface StateTensors extends Updated {
  readonly group: LearnedGroup;
}

function stateTensors(group: LearnedGroup): StateTensors {
  return {
    group,
    parameter: groupInput(group),
    first: groupInput(group, momentNames.first),
    second: groupInput(group, momentNames.second),
  };
}

function readStates({ group, parameter, first, second }: StateTensors, storage: StateStorage): readonly StateEntry[] {
  return [
    groupState(group, { input: parameter, next: parameter }),
    groupState(group, { nameOf: momentNames.first, input: first, next: first, storage }),
    groupState(group, { nameOf: momentNames.second, input: second, next: second, storage }),
  ];
}

/** What the last update added to a parameter. */
function changeOf(
  { group, parameter, ...stored }: StateTensors,
  momentStorage: StateStorage,
  { stepSize, epsilonHat, pull, inverseShrink }: NormScalars,
): Tensor {
  const { first, second } = decodedMoments(stored, momentStorage);
  const step = divide(multiply(first, stepSize), add(sqrt(second), epsilonHat));
  return group.decays ? add(multiply(parameter, pull), multiply(step, inverseShrink)) : step;
}

/**
 * What the program is fed, from the scalars of the step just made (see `adamWScalars`). `pull` = 1/shrink - 1, computed
 * here in float64.
 */
export function normsFeeds(
  scalars: Readonly<Record<string, number>>,
  program: Pick<NormsOptions, 'shapes' | 'trained'>,
): Readonly<Record<string, number>> {
  const { stepSize = NaN, epsilonHat = NaN, weightShrink = NaN } = scalars;
  const anyDecays = program.trained.some((name) => decays(program.shapes.get(name) as readonly number[]));
  return { stepSize, epsilonHat, ...(anyDecays && { pull: 1 / weightShrink - 1, inverseShrink: 1 / weightShrink }) };
}

function norm(tensors: readonly Tensor[]): Tensor {
  return sqrt(tensors.map(squaredSum).reduce(add));
}
