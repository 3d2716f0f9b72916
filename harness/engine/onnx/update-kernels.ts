/** The kernels of a session's state updates, bound to where the states lie. */
import type { Tensor as OnnxTensor } from 'onnxruntime-node';
import type { StateEntry } from '../../graph/index.ts';
import { sizeOfShape, staticShape, type BoundFeed } from '../bind-feeds.ts';
import { kernelOver } from '../wasm/elementwise-kernel.ts';
import { fitOneMemory, placeArrays, placedBytes, type PlacedArray } from '../wasm/memory-arena.ts';
import type { OnnxRuntime } from './load-runtime.ts';
import { outputName } from './program-to-model.ts';
import type { SlotPlace, StateSlot } from './state-memory.ts';
import type { ScalarSource, SplitProgram, StateUpdate } from './state-updates.ts';

/**
 * Whether kernels can update these states: all of them are new and fit a memory, or all lie in one already. Each brings
 * room for one computed array.
 */
export function canPlace(
  states: readonly StateEntry[],
  computed: number,
  shared: ReadonlyMap<string, StateSlot>,
): boolean {
  if (computed > states.length) return false;
  const known = states.flatMap(({ name }) => shared.get(name) ?? []);
  if (known.length === 0) return fitOneMemory(lengthsOf(states));
  const [first] = known;
  const isTogether = ({ place }: StateSlot): boolean =>
    place !== null && place.state.memory === first?.place?.state.memory;
  return known.length === states.length && known.every(isTogether);
}

/** Of each state: its own values, and what may lie beside them. */
function lengthsOf(states: readonly StateEntry[]): readonly number[] {
  return states.flatMap((entry) => {
    const length = sizeOfShape(staticShape(entry));
    return [length, length];
  });
}

/** With places for the states that kernels update. */
export interface PlacedSplit extends SplitProgram {
  readonly places: ReadonlyMap<string, SlotPlace>;
}

/**
 * Places for the states of the updates that have none yet, by name.
 * @throws RangeError where the system grants no memory for them.
 */
export function placesFor(
  updates: readonly StateUpdate[],
  shared: ReadonlyMap<string, StateSlot>,
): ReadonlyMap<string, SlotPlace> {
  const fresh = updates.filter(({ states: [first] }) => first !== undefined && !shared.has(first.name));
  const placed = placeArrays(fresh.map(({ states }) => lengthsOf(states)));
  return new Map(
    fresh.flatMap(({ states }, group) =>
      states.map(({ name }, index): [string, SlotPlace] => {
        const [state, beside] = (placed[group] as readonly PlacedArray[]).slice(2 * index, 2 * index + 2);
        return [name, { state, beside } as SlotPlace];
      }),
    ),
  );
}

/** What a finished run has that the kernels need. */
export interface UpdateArguments {
  readonly fed: readonly BoundFeed[];
  readonly results: Readonly<Record<string, OnnxTensor>>;
}

export interface UpdateKernels {
  /** Where the run is to write what the updates are computed from. */
  readonly fetches: Readonly<Record<string, OnnxTensor | null>>;
  run(given: UpdateArguments): void;
}

export function updateKernels(
  updates: readonly StateUpdate[],
  slotOf: (name: string) => StateSlot,
  runtime: OnnxRuntime,
): UpdateKernels {
  const bound = updates.map((update) => boundUpdate(update, slotOf, runtime));
  return {
    fetches: Object.assign({}, ...bound.map(({ fetches }) => fetches)) as UpdateKernels['fetches'],
    run: (given) => {
      for (const { run } of bound) run(given);
    },
  };
}

function boundUpdate(update: StateUpdate, slotOf: (name: string) => StateSlot, runtime: OnnxRuntime): UpdateKernels {
  const { states, computed, scalars, kernel } = update;
  const slots = states.map(({ name }) => slotOf(name));
  const places = slots.map(({ place }) => place as SlotPlace);
  const { memory, values } = (places[0] as SlotPlace).state;
  const beside = places.slice(0, computed.length).map((place) => place.beside);
  const addresses = [...places.map(({ state }) => state), ...beside].map(({ address }) => address);
  const call = kernelOver(kernel, memory);
  return {
    fetches: fetchesOf(update, beside, (slots[0] as StateSlot).shape, runtime),
    run: (given) => call(placedBytes(values.length), ...addresses, ...scalars.map((scalar) => scalarOf(scalar, given))),
  };
}

function fetchesOf(
  { computed, scalars }: StateUpdate,
  beside: readonly PlacedArray[],
  shape: readonly number[],
  { Tensor }: OnnxRuntime,
): UpdateKernels['fetches'] {
  const arrays = computed.map((name, index) => {
    const { values } = beside[index] as PlacedArray;
    return [outputName(name), new Tensor('float32', values, shape)] as const;
  });
  const numbers = scalars.flatMap((scalar) => (scalar.kind === 'computed' ? [outputName(scalar.name)] : []));
  return Object.fromEntries([...arrays, ...numbers.map((name) => [name, null] as const)]);
}

function scalarOf(source: ScalarSource, { fed, results }: UpdateArguments): number {
  if (source.kind === 'constant') return source.value;
  const values =
    source.kind === 'fed'
      ? fed.find(({ input }) => input.attributes.name === source.name)?.data
      : (results[outputName(source.name)]?.data as Float32Array);
  return values?.[0] as number;
}
