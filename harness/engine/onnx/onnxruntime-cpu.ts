/**
 * Runs a program with ONNX Runtime on the CPU. The state lives in two sets of buffers that swap roles at each run: the runtime reads one and
 * writes the other. (Version 1.30 of the package also copies every output into an array of its own, which nobody asked for: about 1 ms per 4 MB.)
 */
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import type { Program, StateEntry } from '../../graph/index.ts';
import { bindFeeds, bindState, sizeOfShape, staticShape } from '../bind-feeds.ts';
import type { CompileOptions, Executor, Feeds, Session, Values } from '../executor.ts';
import { loadRuntime, type OnnxRuntime, type RuntimeLoader } from './load-runtime.ts';
import { changingStates, inputName, modelStates, nextName, outputName, programToModel, stateName } from './program-to-model.ts';

/** @param load how to import the native package; given only to test what happens where it is missing. */
export function onnxruntimeCpu(load?: RuntimeLoader): Executor {
  return {
    name: 'onnxruntime-cpu',
    compile: async (program, options = {}) => {
      const runtime = await loadRuntime(load);
      const session = await runtime.InferenceSession.create(programToModel(program), sessionOptions(options));
      return new OnnxSession({ runtime, session, program, isProfiled: options.profilePrefix !== undefined });
    },
  };
}

function sessionOptions({ threads = 1, profilePrefix }: CompileOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Failures are thrown with their message; nothing is printed.
    logSeverityLevel: 4,
    // Threads that wait by spinning save a wake-up at every operation where the process has its cores to itself, which is what more than one thread means
    // (a sweep gives each worker one). On cores shared with other processes they cost more than they save.
    // Denormals in Adam's moments would slow every elementwise operation down.
    extra: { session: { intra_op: { allow_spinning: threads > 1 ? '1' : '0' }, set_denormal_as_zero: '1' } },
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
}

/** One state's value: the buffer runs read and, if runs change it, the one they write. */
interface StateBuffers {
  readonly entry: StateEntry;
  current: OnnxTensor;
  spare: OnnxTensor | null;
}

interface OnnxSessionParts {
  readonly runtime: OnnxRuntime;
  readonly session: InferenceSession;
  readonly program: Program;
  readonly isProfiled: boolean;
}

class OnnxSession implements Session {
  readonly #runtime: OnnxRuntime;
  readonly #session: InferenceSession;
  readonly #program: Program;
  readonly #states: readonly StateBuffers[];
  readonly #fedStates: ReadonlySet<StateEntry>;
  readonly #isProfiled: boolean;
  #isRunning = false;

  constructor({ runtime, session, program, isProfiled }: OnnxSessionParts) {
    this.#runtime = runtime;
    this.#session = session;
    this.#program = program;
    this.#isProfiled = isProfiled;
    const changing = new Set(changingStates(program));
    const zeros = (entry: StateEntry): OnnxTensor => {
      const shape = staticShape(entry);
      return new runtime.Tensor('float32', new Float32Array(sizeOfShape(shape)), shape);
    };
    this.#states = program.state.map((entry) => ({ entry, current: zeros(entry), spare: changing.has(entry) ? zeros(entry) : null }));
    this.#fedStates = new Set(modelStates(program));
  }

  setState(values: Readonly<Record<string, Float32Array>>): void {
    this.#refuseWhileRunning('setState');
    const byEntry = new Map(this.#states.map((state) => [state.entry, state]));
    for (const { entry, value } of bindState(this.#program, values)) floats((byEntry.get(entry) as StateBuffers).current).set(value);
  }

  async run(feeds: Feeds): Promise<Values> {
    this.#refuseWhileRunning('run');
    const inputs = this.#bind(feeds);
    const fetches: Record<string, OnnxTensor | null> = Object.fromEntries(Object.keys(this.#program.outputs).map((name) => [outputName(name), null]));
    for (const { entry, spare } of this.#states) if (spare !== null) fetches[nextName(entry.name)] = spare;
    this.#isRunning = true;
    try {
      const results = await this.#session.run(inputs, fetches);
      this.#advance();
      return Object.fromEntries(Object.keys(this.#program.outputs).map((name) => [name, floats(results[outputName(name)] as OnnxTensor)]));
    } catch (cause) {
      // The spare buffers may be half written; the current ones are untouched, so the session stays usable.
      throw new Error(`run: ONNX Runtime failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    } finally {
      this.#isRunning = false;
    }
  }

  async getState(): Promise<Values> {
    this.#refuseWhileRunning('getState');
    return Object.fromEntries(this.#states.map(({ entry, current }) => [entry.name, floats(current).slice()]));
  }

  async release(): Promise<void> {
    if (this.#isProfiled) this.#session.endProfiling();
    await this.#session.release();
  }

  #bind(feeds: Feeds): Record<string, OnnxTensor> {
    const bound = bindFeeds(this.#program, feeds);
    const inputs: Record<string, OnnxTensor> = {};
    for (const { input, data, shape } of bound) {
      inputs[inputName(input.attributes.name)] =
        data instanceof Int32Array ? new this.#runtime.Tensor('int32', data, shape) : new this.#runtime.Tensor('float32', data, shape);
    }
    for (const { entry, current } of this.#states) if (this.#fedStates.has(entry)) inputs[stateName(entry.name)] = current;
    return inputs;
  }

  #advance(): void {
    for (const state of this.#states) {
      if (state.spare !== null) [state.current, state.spare] = [state.spare, state.current];
    }
  }

  #refuseWhileRunning(what: string): void {
    if (this.#isRunning) throw new Error(`${what}: a run is under way; await it first`);
  }
}

function floats(tensor: OnnxTensor): Float32Array {
  return tensor.data as Float32Array;
}
