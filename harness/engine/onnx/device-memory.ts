/**
 * States that stay on the device: a run's next states are kept where the provider wrote them and fed back without a
 * copy. The package hands out such tensors but cannot copy them (its `getData` on one ends the process, version 1.30),
 * so values go up and come down through sessions of one Identity node.
 */
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import type { PlacedPart } from '../../graph/index.ts';
import { sizeOfShape } from '../bind-feeds.ts';
import type { FillState } from '../executor.ts';
import { encodeModel, type ElementType } from './encode-protobuf.ts';
import type { OnnxRuntime } from './load-runtime.ts';
import { arrayOf, newSlot, zeros, type SlotWrite, type StateMemory, type StateSlot } from './state-memory.ts';
import { restored, storageTypes, stored } from './state-storage.ts';

type Direction = 'up' | 'down';

export interface DeviceMemoryOptions {
  /** Options of the sessions that copy; they must name the provider. */
  readonly session: InferenceSession.SessionOptions;
}

/** Owns the copying sessions while any state lives here. */
export class DeviceMemory implements StateMemory {
  readonly #options: DeviceMemoryOptions;
  #copiers = new Map<string, Promise<InferenceSession>>();
  #slots = 0;

  constructor(options: DeviceMemoryOptions) {
    this.#options = options;
  }

  /** Zeros start in main memory, and go up before the first run that reads them. */
  create(entry: Parameters<StateMemory['create']>[0], runtime: OnnxRuntime): StateSlot {
    this.#slots += 1;
    return newSlot(entry, runtime);
  }

  /** The provider makes the buffers of results. */
  expectChanges(): void {}

  write(slot: StateSlot, { offset, value }: SlotWrite, { Tensor }: OnnxRuntime): void {
    const { storage } = slot;
    const data = stored(value, storage);
    const own = data === value ? value.slice() : data;
    if (own.length === sizeOfShape(slot.shape)) renew(slot, new Tensor(storageTypes[storage], own, slot.shape));
    else slot.waiting.set(offset, own);
  }

  async fill(slot: StateSlot, part: PlacedPart, fill: FillState, runtime: OnnxRuntime): Promise<void> {
    const isWhole = part.size === sizeOfShape(slot.shape);
    const next = zeros(isWhole ? slot.shape : [part.size], slot.storage, runtime);
    const values = arrayOf(next, slot.storage);
    await fill(values);
    if (isWhole) renew(slot, next);
    else slot.waiting.set(part.offset, values);
  }

  async settle(slots: readonly StateSlot[], runtime: OnnxRuntime): Promise<void> {
    for (const slot of slots) {
      await this.#apply(slot, runtime);
      if (isInMainMemory(slot.current)) replace(slot, await this.#copy('up', slot, runtime));
    }
  }

  advance(slot: StateSlot, next: OnnxTensor): void {
    replace(slot, next);
  }

  async read(slot: StateSlot, runtime: OnnxRuntime): Promise<Float32Array> {
    await this.#apply(slot, runtime);
    const value = isInMainMemory(slot.current) ? slot.current : await this.#copy('down', slot, runtime);
    return restored(value.data as Float32Array | Uint16Array, slot.storage);
  }

  async free(slot: StateSlot): Promise<void> {
    slot.current.dispose();
    this.#slots -= 1;
    if (this.#slots > 0) return;
    const copiers = [...this.#copiers.values()];
    this.#copiers = new Map();
    for (const copier of copiers) await (await copier).release();
  }

  /** Writes what waits into the slot's value, in main memory; the old one is fetched only where some of it stays. */
  async #apply(slot: StateSlot, runtime: OnnxRuntime): Promise<void> {
    const waiting = [...slot.waiting];
    if (waiting.length === 0) return;
    const isWhole = waiting.reduce((sum, [, { length }]) => sum + length, 0) === sizeOfShape(slot.shape);
    if (isWhole) renew(slot, zeros(slot.shape, slot.storage, runtime));
    else if (!isInMainMemory(slot.current)) replace(slot, await this.#copy('down', slot, runtime));
    const data = arrayOf(slot.current, slot.storage);
    for (const [offset, values] of waiting) data.set(values, offset);
    slot.waiting.clear();
  }

  async #copy(direction: Direction, { current, storage, shape }: StateSlot, runtime: OnnxRuntime): Promise<OnnxTensor> {
    const type = storageTypes[storage];
    const key = `${direction} ${type} ${shape.length}`;
    const copier =
      this.#copiers.get(key) ??
      runtime.InferenceSession.create(identityModel(type, shape.length), this.#sessionOptions(direction));
    this.#copiers.set(key, copier);
    const { to } = await (await copier).run({ from: current });
    return to as OnnxTensor;
  }

  #sessionOptions(direction: Direction): InferenceSession.SessionOptions {
    return direction === 'up'
      ? { ...this.#options.session, preferredOutputLocation: 'gpu-buffer' }
      : this.#options.session;
  }
}

function identityModel(type: ElementType, rank: number): Uint8Array {
  const shape = Array.from({ length: rank }, (_, axis) => `d${axis}`);
  return encodeModel({
    nodes: [{ op: 'Identity', domain: '', inputs: ['from'], outputs: ['to'], attributes: {} }],
    inputs: [{ name: 'from', type, shape }],
    outputs: [{ name: 'to', type, shape }],
    initializers: [],
    operatorSets: { '': 21 },
  });
}

function isInMainMemory(tensor: OnnxTensor): boolean {
  return tensor.location === 'cpu';
}

/** Disposing frees a device's buffer at once; the garbage collector alone would let them pile up. */
function replace(slot: StateSlot, next: OnnxTensor): void {
  slot.current.dispose();
  slot.current = next;
}

/** A value from outside, which what waits must not overwrite. */
function renew(slot: StateSlot, next: OnnxTensor): void {
  replace(slot, next);
  slot.waiting.clear();
}
