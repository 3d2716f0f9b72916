/**
 * Runs a program through the tfjs API, operation by operation. The state stays as tensors of the backend (on a GPU: in
 * its memory) from run to run. The backend decides how many threads compute: one on wasm and cpu,
 * TensorFlow's choice on the native ones.
 */
import type { Program, StateEntry, Tensor } from '../../graph/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { bindFeeds, bindState, namedParts } from '../bind-feeds.ts';
import { sharedState } from '../check-shared-state.ts';
import type { Executor, Feeds, Session, Values } from '../executor.ts';
import { openBackend, type TfjsBackend, type TfjsLoaders, type TfTensor } from './backends.ts';
import { disposeAll, evaluate } from './evaluate.ts';
import { alias } from './layout-ops.ts';
import { KernelProfile } from './profile.ts';
import { runPlan, type PlannedOp } from './run-plan.ts';
import { StateBuffer } from './state-buffer.ts';

export interface OpenedTfjs {
  readonly executor: Executor;
  readonly usesGpu: boolean;
  /** Which backend was taken, and why nothing better. */
  readonly detail: string;
}

/**
 * The executor over the best backend there is; its name says which.
 * @throws Error where none works.
 */
export async function openTfjs(loaders?: TfjsLoaders): Promise<OpenedTfjs> {
  const backend = await openBackend(loaders);
  const name = `tfjs-${backend.name.replace('tfjs-', '')}`;
  const compile: Executor['compile'] = async (program, { stateOf, profilePrefix } = {}) => {
    const profile = profilePrefix === undefined ? null : new KernelProfile(profilePrefix);
    const session = new TfjsSession(backend, program, sharingWith(stateOf, backend, name), profile);
    const narrow = program.state.find((entry) => (entry.storage ?? 'float32') !== 'float32');
    if (narrow !== undefined) {
      throw new UserError(
        `device tfjs: state "${narrow.name}" asks for ${narrow.storage} storage; this engine keeps float32 only`,
        { exitCode: 3, hint: 'Store it in float32, or use --device cpu.' },
      );
    }
    return session;
  };
  return { executor: { name, compile }, usesGpu: backend.usesGpu, detail: backend.detail };
}

/** tfjs has one heap a backend, so sessions of two executors over the same one may share. */
function sharingWith(stateOf: Session | undefined, { name: own }: TfjsBackend, executor: string): TfjsSession | null {
  if (stateOf === undefined) return null;
  if (stateOf instanceof TfjsSession && stateOf.backend.name === own) return stateOf;
  throw new Error(`compile: stateOf is a session of another executor than ${executor}`);
}

class TfjsSession implements Session {
  readonly backend: TfjsBackend;
  readonly #profile: KernelProfile | null;
  readonly #program: Program;
  readonly #plan: readonly PlannedOp[];
  readonly #buffers: ReadonlyMap<StateEntry, StateBuffer>;
  readonly #constants = new Map<Tensor, TfTensor>();
  /** One for all sessions that share state. */
  readonly #turn: { isTaken: boolean };

  constructor(backend: TfjsBackend, program: Program, sharing: TfjsSession | null, profile: KernelProfile | null) {
    this.backend = backend;
    this.#profile = profile;
    this.#program = program;
    this.#plan = runPlan(program);
    const held = sharing === null ? [] : [...sharing.#buffers.values()];
    this.#buffers = new Map(
      program.state.map((entry) => [entry, sharedState(held, entry)?.share() ?? new StateBuffer(entry)]),
    );
    this.#turn = sharing === null ? { isTaken: false } : sharing.#turn;
  }

  setState(values: Readonly<Record<string, Float32Array>>): void {
    this.#refuseWhileRunning('setState');
    for (const { entry, offset, value } of bindState(this.#program, values)) this.#bufferOf(entry).set(value, offset);
  }

  async run(feeds: Feeds): Promise<Values> {
    this.#refuseWhileRunning('run');
    const bound = bindFeeds(this.#program, feeds);
    this.#turn.isTaken = true;
    try {
      this.backend.activate();
      const given = new Map([...this.#uploadedConstants(), ...this.#stateTensors()]);
      const compute = (): Map<Tensor, TfTensor> =>
        evaluate({ backend: this.backend, plan: this.#plan, feeds: bound, given });
      const live = await (this.#profile?.around(this.backend.tf, compute) ?? compute());
      try {
        const valueOf = (tensor: Tensor): TfTensor => (live.get(tensor) ?? given.get(tensor)) as TfTensor;
        const outputs = await this.#read(valueOf);
        this.#advance(valueOf);
        return outputs;
      } finally {
        disposeAll(live);
      }
    } finally {
      this.#turn.isTaken = false;
    }
  }

  async getState(): Promise<Values> {
    this.#refuseWhileRunning('getState');
    const named = await Promise.all(
      [...this.#buffers].map(async ([entry, buffer]) => namedParts(entry, await buffer.read())),
    );
    return Object.fromEntries(named.flat());
  }

  async release(): Promise<void> {
    this.#refuseWhileRunning('release');
    for (const buffer of this.#buffers.values()) buffer.release();
    disposeAll(this.#constants);
    this.#constants.clear();
  }

  #bufferOf(entry: StateEntry): StateBuffer {
    return this.#buffers.get(entry) as StateBuffer;
  }

  #uploadedConstants(): ReadonlyMap<Tensor, TfTensor> {
    for (const tensor of this.#program.tensors) {
      if (tensor.op !== 'constant' || this.#constants.has(tensor)) continue;
      this.#constants.set(tensor, this.backend.tf.tensor(tensor.attributes.data, tensor.shape as number[]));
    }
    return this.#constants;
  }

  #stateTensors(): Map<Tensor, TfTensor> {
    return new Map(this.#program.state.map((entry) => [entry.input, this.#bufferOf(entry).tensor(this.backend.tf)]));
  }

  async #read(valueOf: (tensor: Tensor) => TfTensor): Promise<Values> {
    const read = Object.entries(this.#program.outputs).map(
      async ([name, tensor]) => [name, Float32Array.from(await valueOf(tensor).data())] as const,
    );
    return Object.fromEntries(await Promise.all(read));
  }

  /** Aliases first, replacement second: the next value of one state may be the present value of another. */
  #advance(valueOf: (tensor: Tensor) => TfTensor): void {
    const changing = this.#program.state.filter((entry) => entry.next !== entry.input);
    const next = changing.map((entry) => alias(this.backend.tf, valueOf(entry.next)));
    changing.forEach((entry, index) => this.#bufferOf(entry).replace(next[index] as TfTensor));
  }

  #refuseWhileRunning(what: string): void {
    if (this.#turn.isTaken) throw new Error(`${what}: a run is under way; await it first`);
  }
}
