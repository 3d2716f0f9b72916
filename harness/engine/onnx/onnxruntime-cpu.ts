/**
 * Runs a program with ONNX Runtime on the CPU. States that an optimizer updates element by element are updated in place
 * by kernels of our own, after the run. Other changing states lie in two sets of buffers that swap roles at each run:
 * the runtime reads one and writes the other. (Version 1.30 of the package also copies every output into an array of
 * its own, without being asked: about 1 ms per 4 MB.)
 */
import type { InferenceSession } from 'onnxruntime-node';
import type { Program } from '../../graph/index.ts';
import type { CompileOptions, Executor } from '../executor.ts';
import { loadRuntime, type RuntimeLoader } from './load-runtime.ts';
import { OnnxSession } from './onnx-session.ts';
import { programToModel } from './program-to-model.ts';
import { sharedSession } from './shared-session.ts';
import { hostMemory, slotsByName } from './state-memory.ts';
import { splitUpdates } from './state-updates.ts';
import { canPlace, placesFor, type PlacedSplit } from './update-kernels.ts';

/** @param load how to import the native package; given only to test what happens where it is missing. */
export function onnxruntimeCpu(load?: RuntimeLoader): Executor {
  const name = 'onnxruntime-cpu';
  return {
    name,
    updatesInPlace: true,
    compile: async (program, options = {}) => {
      const runtime = await loadRuntime(load);
      const stateOf = sharedSession(options, hostMemory, name);
      const split = splitFor(program, options, stateOf);
      const model = programToModel(split.computed, { isOneThread: (options.threads ?? 1) === 1 });
      const session = await runtime.InferenceSession.create(model, sessionOptions(options));
      return new OnnxSession({
        runtime,
        session,
        program,
        split,
        memory: hostMemory,
        stateOf,
        isProfiled: options.profilePrefix !== undefined,
      });
    },
  };
}

/**
 * A part of the program for the runtime, and one for kernels. The runtime does all of it where the system grants no
 * memory that kernels can work on: such memories reserve addresses, and a limit on those (`ulimit -v`) forbids it.
 */
function splitFor(
  program: Program,
  { updatesInPlace = true }: CompileOptions,
  stateOf: OnnxSession | null,
): PlacedSplit {
  const whole: PlacedSplit = { computed: program, updates: [], places: new Map() };
  if (!updatesInPlace) return whole;
  const shared = slotsByName(stateOf?.sharedSlots() ?? []);
  const split = splitUpdates(program, (states, computed) => canPlace(states, computed, shared));
  try {
    return { ...split, places: placesFor(split.updates, shared) };
  } catch (error) {
    if (error instanceof RangeError) return whole;
    throw error;
  }
}

function sessionOptions({ threads = 1, profilePrefix }: CompileOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // A memory plan is made for each new set of batch sizes and put beside what was allocated while it was made;
    // batches of real pairs hardly ever repeat one.
    enableMemPattern: false,
    // Failures are thrown with their message; nothing is printed.
    logSeverityLevel: 4,
    // Threads that wait by spinning save a wake-up at every operation where the process has its cores to itself, which
    // is what more than one thread means (a sweep gives each worker one). On cores shared with other processes they
    // cost more than they save. Denormals in Adam's moments would slow every elementwise operation down.
    extra: { session: { intra_op: { allow_spinning: threads > 1 ? '1' : '0' }, set_denormal_as_zero: '1' } },
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
}
