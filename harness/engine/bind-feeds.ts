/** Checks fed arrays against a program and derives the symbolic sizes from them. The same for every executor. */
import type { Dim, PlacedPart, Program, StateEntry, TensorOf } from '../graph/index.ts';
import { formatShape, partsOf } from '../graph/index.ts';
import type { Feeds } from './executor.ts';

export interface BoundFeed {
  readonly input: TensorOf<'input'>;
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/**
 * The fed arrays in the order of `program.inputs`.
 * @throws Error that names the input and both shapes, for a missing, unknown, misshapen or wrongly typed feed.
 */
export function bindFeeds(program: Program, feeds: Feeds): BoundFeed[] {
  const unknown = Object.keys(feeds).filter((name) => !program.inputs.some((input) => input.attributes.name === name));
  if (unknown.length > 0)
    throw new Error(
      `run: fed ${quoted(unknown)}, which the program does not take; ` +
        `it takes ${quoted(program.inputs.map((input) => input.attributes.name))}`,
    );
  const bindings = new Map<string, { size: number; boundBy: string }>();
  return program.inputs.map((input) => {
    const bound = bindFeed(input, feeds);
    bound.shape.forEach((size, axis) => checkSize(bound, input.shape[axis] as Dim, size, bindings));
    return bound;
  });
}

/** New values for one part of a state. */
export interface StateWrite {
  readonly entry: StateEntry;
  /** Where in the state they go: 0 unless it is a flat one. */
  readonly offset: number;
  readonly value: Float32Array;
}

/** Where each named value goes, checked against the shape of its state. Flat states go by the names of their parts. */
export function bindState(program: Program, values: Readonly<Record<string, Float32Array>>): StateWrite[] {
  return Object.entries(values).map(([name, value]) => {
    const { entry, part } = placeOf(program, name, 'setState');
    if (!(value instanceof Float32Array) || value.length !== part.size) {
      throw new Error(
        `setState: state "${name}" has shape ${formatShape(part.shape)} (${part.size} values), ` +
          `found ${value.length} values`,
      );
    }
    return { entry, offset: part.offset, value };
  });
}

/** The state that holds what goes by `name`, and its place there. Throws where the program has nothing of that name. */
export function placeOf(program: Program, name: string, caller: string): { entry: StateEntry; part: PlacedPart } {
  const places = placesOf(program);
  const place = places.get(name);
  if (place === undefined)
    throw new Error(`${caller}: the program has no state "${name}"; it has ${quoted([...places.keys()])}`);
  return place;
}

type Places = ReadonlyMap<string, { entry: StateEntry; part: PlacedPart }>;
const knownPlaces = new WeakMap<Program, Places>();

function placesOf(program: Program): Places {
  const known = knownPlaces.get(program);
  if (known !== undefined) return known;
  const places = new Map(
    program.state.flatMap((entry) => partsOf(entry).map((part) => [part.name, { entry, part }] as const)),
  );
  knownPlaces.set(program, places);
  return places;
}

/** The values of a state by the names that they go by outside: copies. */
export function namedParts(entry: StateEntry, whole: Float32Array): [name: string, values: Float32Array][] {
  if (entry.parts === undefined) return [[entry.name, whole]];
  return partsOf(entry).map(({ name, offset, size }) => [name, whole.slice(offset, offset + size)]);
}

export function staticShape(entry: StateEntry): number[] {
  return entry.input.shape.map((dim) => dim as number);
}

export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function bindFeed(input: TensorOf<'input'>, feeds: Feeds): BoundFeed {
  const { name } = input.attributes;
  const feed = feeds[name];
  if (feed === undefined) throw new Error(`run: input "${name}" ${formatShape(input.shape)} is not fed`);
  const scalar = input.dtype === 'int32' ? Int32Array : Float32Array;
  const { data, shape } = typeof feed === 'number' ? { data: scalar.of(feed), shape: [] } : feed;
  const fits = shape.length === input.shape.length;
  if (!fits) throw new Error(`run: input "${name}" has shape ${formatShape(input.shape)}, fed ${formatShape(shape)}`);
  if (!(data instanceof scalar))
    throw new Error(`run: input "${name}" is ${input.dtype}, fed a ${(data as object).constructor.name}`);
  if (data.length !== sizeOfShape(shape))
    throw new Error(`run: input "${name}" is fed ${data.length} values under the shape ${formatShape(shape)}`);
  return { input, data, shape };
}

function checkSize(
  bound: BoundFeed,
  dim: Dim,
  size: number,
  bindings: Map<string, { size: number; boundBy: string }>,
): void {
  if (typeof dim === 'number') {
    if (dim !== size) throw new Error(unfitting(bound));
    return;
  }
  const earlier = bindings.get(dim);
  if (earlier === undefined) bindings.set(dim, { size, boundBy: bound.input.attributes.name });
  else if (earlier.size !== size)
    throw new Error(`${unfitting(bound)}; ${dim} is ${earlier.size} in input "${earlier.boundBy}" and ${size} here`);
}

function unfitting({ input, shape }: BoundFeed): string {
  return `run: input "${input.attributes.name}" has shape ${formatShape(input.shape)}, fed ${formatShape(shape)}`;
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.map((name) => `"${name}"`).join(', ');
}
