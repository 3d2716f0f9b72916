/** Where the states of ONNX Runtime sessions live between runs, and how sessions share them. */
import type { Tensor as OnnxTensor } from 'onnxruntime-node';
import type { PlacedPart, Program, StateEntry, StateStorage } from '../../graph/index.ts';
import { sizeOfShape, staticShape } from '../bind-feeds.ts';
import { formOf, sharedState, type StateForm } from '../check-shared-state.ts';
import type { FillState } from '../executor.ts';
import type { PlacedArray } from '../wasm/memory-arena.ts';
import type { OnnxRuntime } from './load-runtime.ts';
import { changingStates } from './program-to-model.ts';
import { restored, storageTypes, stored } from './state-storage.ts';

/** One state's value, shared by every session that has an entry of its name and was made with `stateOf`. */
export interface StateSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly storage: StateStorage;
  readonly form: StateForm;
  /** Where kernels find it, if it lies in a memory of theirs: `current` stays the same array then. */
  readonly place: SlotPlace | null;
  /** What the next run reads. */
  current: OnnxTensor;
  /** What a run writes into, where the memory keeps such a buffer. */
  spare: OnnxTensor | null;
  /** New values of parts of a state on a device, by their offset, until they can be copied there. */
  readonly waiting: Map<number, Float32Array | Uint16Array>;
  /** Sessions that use it. */
  users: number;
}

/** An array of its own for each of a kernel's states, and one more for what it is updated with. */
export interface SlotPlace {
  readonly state: PlacedArray;
  readonly beside: PlacedArray;
}

/** Values that start `offset` values into a state. */
export interface SlotWrite {
  readonly offset: number;
  readonly value: Float32Array;
}

/** A place that states live in: main memory, or a device's. */
export interface StateMemory {
  create(entry: StateEntry, runtime: OnnxRuntime, place?: SlotPlace): StateSlot;
  /** Prepares a slot for being changed by runs. */
  expectChanges(slot: StateSlot, runtime: OnnxRuntime): void;
  write(slot: StateSlot, write: SlotWrite, runtime: OnnxRuntime): void;
  /** Lets `fill` write a part into the array that a run will read. */
  fill(slot: StateSlot, part: PlacedPart, fill: FillState, runtime: OnnxRuntime): Promise<void>;
  /** Before a run: everything the run reads is where the provider wants it. */
  settle(slots: readonly StateSlot[], runtime: OnnxRuntime): Promise<void>;
  /** After a run that succeeded: `next` is the slot's value. */
  advance(slot: StateSlot, next: OnnxTensor): void;
  /** A copy in main memory, widened. */
  read(slot: StateSlot, runtime: OnnxRuntime): Promise<Float32Array>;
  free(slot: StateSlot): Promise<void>;
}

/** Main memory: two buffers a state that runs change, which swap roles at each run. */
export const hostMemory: StateMemory = {
  create: newSlot,
  expectChanges: (slot, runtime) => {
    slot.spare ??= zeros(slot.shape, slot.storage, runtime);
  },
  write: (slot, { offset, value }) => {
    const data = slot.current.data as Float32Array | Uint16Array;
    data.set(stored(value, slot.storage), offset);
  },
  fill: ({ current, storage }, part, fill) => fill(partOf(arrayOf(current, storage), part)),
  settle: () => Promise.resolve(),
  advance: (slot) => {
    if (slot.spare === null) return;
    if (slot.place === null) [slot.current, slot.spare] = [slot.spare, slot.current];
    else slot.place.state.values.set(slot.spare.data as Float32Array);
  },
  read: ({ current, storage }) => Promise.resolve(restored(current.data as Float32Array | Uint16Array, storage)),
  free: () => Promise.resolve(),
};

/** Zeros in main memory. */
export function newSlot(entry: StateEntry, runtime: OnnxRuntime, place: SlotPlace | null = null): StateSlot {
  const [shape, storage] = [staticShape(entry), entry.storage ?? 'float32'];
  const current =
    place === null ? zeros(shape, storage, runtime) : new runtime.Tensor('float32', place.state.values, shape);
  const { name } = entry;
  return { name, shape, storage, form: formOf(entry), place, current, spare: null, waiting: new Map(), users: 0 };
}

/** The part of a state's array that is its own. */
export function partOf(data: Float32Array | Uint16Array, { offset, size }: PlacedPart): Float32Array | Uint16Array {
  return data.subarray(offset, offset + size);
}

export interface SlotOptions {
  readonly shared: readonly StateSlot[];
  readonly memory: StateMemory;
  readonly runtime: OnnxRuntime;
  /** Of states that are to lie where kernels find them, by name. */
  readonly places: ReadonlyMap<string, SlotPlace>;
}

/**
 * The slots of a program's states by name: those of `shared` where the names are equal, and new ones. Throws where
 * shape, parts or storage differ.
 */
export function slotsOf(
  program: Program,
  { shared, memory, runtime, places }: SlotOptions,
): ReadonlyMap<string, StateSlot> {
  const changing = new Set(changingStates(program));
  return new Map(
    program.state.map((entry) => {
      const slot = sharedState(shared, entry) ?? memory.create(entry, runtime, places.get(entry.name));
      if (changing.has(entry)) memory.expectChanges(slot, runtime);
      slot.users += 1;
      return [entry.name, slot];
    }),
  );
}

export function slotsByName(slots: readonly StateSlot[]): ReadonlyMap<string, StateSlot> {
  return new Map(slots.map((slot) => [slot.name, slot]));
}

/** The array of a tensor in main memory; 16-bit floats as their bits. */
export function arrayOf({ data }: OnnxTensor, storage: StateStorage): Float32Array | Uint16Array {
  if (storage === 'float32') return data as Float32Array;
  const { buffer, byteOffset, length } = data as Uint16Array;
  return new Uint16Array(buffer, byteOffset, length);
}

/** Zeros of a state, in main memory. */
export function zeros(shape: readonly number[], storage: StateStorage, { Tensor }: OnnxRuntime): OnnxTensor {
  const size = sizeOfShape(shape);
  return storage === 'float32'
    ? new Tensor('float32', new Float32Array(size), shape)
    : new Tensor(storageTypes[storage], new Uint16Array(size), shape);
}
