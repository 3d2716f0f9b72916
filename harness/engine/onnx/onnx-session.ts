/** A compiled program on one provider of ONNX Runtime: feeds in, outputs out, and the state carried from run to run. */
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import type { Program, StateEntry } from '../../graph/index.ts';
import { bindFeeds, bindState, namedParts, placeOf, type BoundFeed } from '../bind-feeds.ts';
import { checkIndices, indexBounds, type IndexBound } from '../check-indices.ts';
import type { Feeds, FillState, Session, Values } from '../executor.ts';
import { driverFailure } from './driver-failure.ts';
import type { OnnxRuntime } from './load-runtime.ts';
import { readableFailure } from './readable-failure.ts';
import { changingStates, inputName, modelStates, nextName, outputName, stateName } from './program-to-model.ts';
import { slotsOf, type StateMemory, type StateSlot } from './state-memory.ts';
import { updateKernels, type PlacedSplit, type UpdateKernels } from './update-kernels.ts';

export interface OnnxSessionParts {
  readonly runtime: OnnxRuntime;
  readonly session: InferenceSession;
  /** As it was asked for: its inputs are fed, its outputs given back, its states kept. */
  readonly program: Program;
  /** What the model computes, and the updates of states that are left to kernels; the program itself without them. */
  readonly split?: PlacedSplit;
  readonly memory: StateMemory;
  /** Whose state to share. */
  readonly stateOf: OnnxSession | null;
  readonly isProfiled: boolean;
  /** The device whose driver may give up; none for the CPU. */
  readonly device?: string;
  /** What to say after the provider's own words, where something is known: it begins with "; ". */
  readonly explain?: (message: string) => string;
  /** Whether fed indices are checked here, because the provider's kernels do not. */
  readonly checksIndices?: boolean;
}

/** One for all sessions that share state: their runs have one order. */
interface Lock {
  isHeld: boolean;
}

export class OnnxSession implements Session {
  readonly memory: StateMemory;
  readonly #runtime: OnnxRuntime;
  readonly #session: InferenceSession;
  readonly #program: Program;
  readonly #slots: ReadonlyMap<string, StateSlot>;
  readonly #changing: readonly StateSlot[];
  readonly #fed: readonly StateSlot[];
  /** Of the program's inputs, those that the model takes. */
  readonly #taken: ReadonlySet<string>;
  readonly #kernels: UpdateKernels;
  readonly #isProfiled: boolean;
  readonly #device: string | null;
  readonly #explain: (message: string) => string;
  readonly #indexBounds: readonly IndexBound[];
  readonly #lock: Lock;
  #isReleased = false;

  constructor({
    runtime,
    session,
    program,
    split = { computed: program, updates: [], places: new Map() },
    memory,
    stateOf,
    isProfiled,
    device,
    explain = () => '',
    checksIndices = false,
  }: OnnxSessionParts) {
    this.memory = memory;
    this.#runtime = runtime;
    this.#session = session;
    this.#program = program;
    this.#isProfiled = isProfiled;
    this.#device = device ?? null;
    this.#explain = explain;
    this.#indexBounds = checksIndices ? indexBounds(program) : [];
    const { computed, updates, places } = split;
    const shared = stateOf?.sharedSlots() ?? [];
    this.#slots = slotsOf(computed, { shared, memory, runtime, places });
    const slotOf = ({ name }: Pick<StateEntry, 'name'>): StateSlot => this.#slots.get(name) as StateSlot;
    this.#changing = changingStates(computed).map(slotOf);
    this.#fed = modelStates(computed).map(slotOf);
    this.#taken = new Set(computed.inputs.map(({ attributes }) => attributes.name));
    this.#kernels = updateKernels(updates, (name) => slotOf({ name }), runtime);
    this.#lock = stateOf === null ? { isHeld: false } : stateOf.#lock;
  }

  /** For another session's `stateOf`. */
  sharedSlots(): readonly StateSlot[] {
    if (this.#isReleased) throw new Error('compile: the session to share state with is released');
    return [...this.#slots.values()];
  }

  setState(values: Readonly<Record<string, Float32Array>>): void {
    this.#refuseWhileRunning('setState');
    for (const { entry, ...write } of bindState(this.#program, values))
      this.memory.write(this.#slots.get(entry.name) as StateSlot, write, this.#runtime);
  }

  async fillState(name: string, fill: FillState): Promise<void> {
    this.#refuseWhileRunning('fillState');
    const { entry, part } = placeOf(this.#program, name, 'fillState');
    this.#lock.isHeld = true;
    try {
      await this.memory.fill(this.#slots.get(entry.name) as StateSlot, part, fill, this.#runtime);
    } finally {
      this.#lock.isHeld = false;
    }
  }

  async run(feeds: Feeds): Promise<Values> {
    this.#refuseWhileRunning('run');
    const fed = bindFeeds(this.#program, feeds);
    checkIndices(this.#indexBounds, fed);
    const { outputs } = this.#program;
    this.#lock.isHeld = true;
    try {
      await this.memory.settle(this.#fed, this.#runtime);
      const results = await this.#session.run({ ...this.#inputFeeds(fed), ...this.#stateFeeds() }, this.#fetches());
      for (const slot of this.#changing) this.memory.advance(slot, results[nextName(slot.name)] as OnnxTensor);
      this.#kernels.run({ fed, results });
      return Object.fromEntries(
        Object.keys(outputs).map((name) => [name, (results[outputName(name)] as OnnxTensor).data as Float32Array]),
      );
    } catch (cause) {
      // Buffers to write into may be half written; the current values are untouched, so the session stays usable.
      throw this.#failure('run', cause);
    } finally {
      this.#lock.isHeld = false;
    }
  }

  async getState(): Promise<Values> {
    this.#refuseWhileRunning('getState');
    this.#lock.isHeld = true;
    try {
      const named: [string, Float32Array][] = [];
      for (const entry of this.#program.state) {
        const slot = this.#slots.get(entry.name) as StateSlot;
        named.push(...namedParts(entry, await this.memory.read(slot, this.#runtime)));
      }
      return Object.fromEntries(named);
    } catch (cause) {
      throw this.#failure('getState', cause);
    } finally {
      this.#lock.isHeld = false;
    }
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (this.#isProfiled) this.#session.endProfiling();
    for (const slot of this.#slots.values()) {
      slot.users -= 1;
      if (slot.users === 0) await this.memory.free(slot);
    }
    await this.#session.release();
  }

  #inputFeeds(fed: readonly BoundFeed[]): Record<string, OnnxTensor> {
    const { Tensor } = this.#runtime;
    const taken = fed.filter(({ input }) => this.#taken.has(input.attributes.name));
    return Object.fromEntries(
      taken.map(({ input, data, shape }) => [
        inputName(input.attributes.name),
        data instanceof Int32Array ? new Tensor('int32', data, shape) : new Tensor('float32', data, shape),
      ]),
    );
  }

  #stateFeeds(): Record<string, OnnxTensor> {
    return Object.fromEntries(this.#fed.map((slot) => [stateName(slot.name), slot.current]));
  }

  /** null: the provider makes the result's buffer. */
  #fetches(): Record<string, OnnxTensor | null> {
    const outputs = Object.keys(this.#program.outputs).map((name) => [outputName(name), null] as const);
    return Object.fromEntries([
      ...outputs,
      ...Object.entries(this.#kernels.fetches),
      ...this.#changing.map((slot) => [nextName(slot.name), slot.spare] as const),
    ]);
  }

  /** @param doing What was under way, as `run`. */
  #failure(doing: string, cause: unknown): Error {
    const told = readableFailure(cause);
    const message = `${doing}: ONNX Runtime failed: ${told}${this.#explain(told)}`;
    const ofDriver = this.#device === null ? null : driverFailure(this.#device, message, cause);
    return ofDriver ?? new Error(message, { cause });
  }

  #refuseWhileRunning(what: string): void {
    if (this.#lock.isHeld) throw new Error(`${what}: a run is under way; await it first`);
  }
}
