/**
 * Parameters that are updated together. AdamW takes a dozen operations a tensor, and for a small tensor each of them
 * costs more to call than to compute; so small parameters lie one after another in few flat states, and so do their
 * moments, averages and accumulated gradients. Outside a session each goes by its own name (`StateEntry.parts`).
 */
import type { Executor } from '../engine/index.ts';
import { concat, input, reshape, split, type StateEntry, type StateStorage, type Tensor } from '../graph/index.ts';
import { elementsOf, type ParameterShapes } from '../model/index.ts';

export interface LearnedGroup {
  /** The parameter's own name where it is alone. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly decays: boolean;
  readonly members: readonly Member[];
}

interface Member {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Which parameters lie in flat states: `none` where an update is one pass over memory anyhow, `small` ones where each
 * of its operations costs a microsecond or two (a processor), `all` where each is a call to a device. It changes no
 * number but by the order of the sum in the gradient's norm, and `none` and `small` have the same.
 */
export type Flattening = 'none' | 'small' | 'all';

export function flatteningFor({
  wantsWholeSteps,
  updatesInPlace,
}: Pick<Executor, 'wantsWholeSteps' | 'updatesInPlace'>): Flattening {
  if (updatesInPlace === true) return 'none';
  return wantsWholeSteps === true ? 'all' : 'small';
}

/**
 * Values of the largest small parameter. Of a larger one, copying it out of the flat state and its gradient into one
 * costs what its own dozen operations do: measured with up to 2^15, 2^16, 2^17 and 2^18 values on a model of 5 M.
 */
const mostValues = { none: 0, small: 2 ** 15, all: Infinity } as const satisfies Record<Flattening, number>;

/**
 * Values of one flat state: 128 MiB, the least that a device must be able to bind. A parameter that is larger is alone.
 */
const largestFlat = 2 ** 25;

/** Weight decay applies to matrices (embeddings and the score head included), never to biases or norms. */
export function decays(shape: readonly unknown[]): boolean {
  return shape.length >= 2;
}

/** The parameters `names`: large ones each alone, then the others together, with and without weight decay. */
export function learnedGroups(
  names: readonly string[],
  shapes: ParameterShapes,
  flattening: Flattening,
): readonly LearnedGroup[] {
  const members = names.map((name): Member => ({ name, shape: shapes.get(name) as readonly number[] }));
  const isSmall = ({ shape }: Member): boolean => elementsOf(shape) <= Math.min(mostValues[flattening], largestFlat);
  const flat = (kind: string, some: readonly Member[]): readonly LearnedGroup[] =>
    filled(some).map((together, index) => groupOf(`flat.${kind}.${index}`, together));
  const small = members.filter(isSmall);
  return [
    ...members.filter((member) => !isSmall(member)).map((member) => groupOf(member.name, [member])),
    ...flat(
      'matrices',
      small.filter(({ shape }) => decays(shape)),
    ),
    ...flat(
      'vectors',
      small.filter(({ shape }) => !decays(shape)),
    ),
  ];
}

function groupOf(name: string, members: readonly Member[]): LearnedGroup {
  const [first] = members as readonly [Member];
  const isAlone = members.length === 1;
  return {
    name: isAlone ? first.name : name,
    shape: isAlone ? first.shape : [members.reduce((sum, { shape }) => sum + elementsOf(shape), 0)],
    decays: decays(first.shape),
    members,
  };
}

/** Members in order, cut where another one would make a state too large. */
function filled(members: readonly Member[]): readonly (readonly Member[])[] {
  const groups: Member[][] = [];
  let size = Infinity;
  for (const member of members) {
    const more = elementsOf(member.shape);
    if (size + more > largestFlat) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(member);
    size += more;
  }
  return groups;
}

/** The input of a state that holds something of every member, such as its first moment. */
export function groupInput({ name, shape }: LearnedGroup, nameOf = asItIs): Tensor {
  return input(nameOf(name), shape);
}

export interface GroupState {
  readonly input: Tensor;
  readonly next: Tensor;
  readonly nameOf?: (name: string) => string;
  readonly storage?: StateStorage;
}

/** The state of a group, which outside goes by `nameOf` its members. */
export function groupState(group: LearnedGroup, { nameOf = asItIs, ...state }: GroupState): StateEntry {
  const { name, members } = group;
  const parts = members.map((member) => ({ name: nameOf(member.name), shape: member.shape }));
  return { name: nameOf(name), ...state, ...(isFlat(group) && { parts }) };
}

/** The tensor of each member, by its name. */
export function membersOf(group: LearnedGroup, whole: Tensor): readonly (readonly [name: string, Tensor])[] {
  const { members } = group;
  if (!isFlat(group)) return [[group.name, whole]];
  const slices = split(
    whole,
    members.map(({ shape }) => elementsOf(shape)),
    0,
  );
  return members.map(({ name, shape }, index) => [name, reshape(slices[index] as Tensor, shape)]);
}

/** The inverse of `membersOf`: one tensor out of those of the members. */
export function together(group: LearnedGroup, tensorOf: (name: string) => Tensor): Tensor {
  const { members } = group;
  if (!isFlat(group)) return tensorOf(group.name);
  return concat(
    members.map(({ name, shape }) => reshape(tensorOf(name), [elementsOf(shape)])),
    0,
  );
}

/**
 * A flat tensor in rows, so that a sum over it needs no running sum over all its values (see `squaredSum`). Matrices
 * have a width to divide by; where vectors have no divisor, they are few values.
 */
export function inRows(whole: Tensor): Tensor {
  const [size, columns] = whole.shape;
  if (typeof size !== 'number' || columns !== undefined) return whole;
  let rows = Math.floor(Math.sqrt(size));
  while (size % rows !== 0) rows -= 1;
  return reshape(whole, [rows, size / rows]);
}

function isFlat({ members }: LearnedGroup): boolean {
  return members.length > 1;
}

function asItIs(name: string): string {
  return name;
}
