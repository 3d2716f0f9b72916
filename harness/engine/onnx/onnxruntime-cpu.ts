/**
 * Runs a program with ONNX Runtime on the CPU. The state lives in two sets of buffers that swap roles at each run: the
 * runtime reads one and writes the other. (Version 1.30 of the package also copies every output into an array of its
 * own, without being asked: about 1 ms per 4 MB.)
 */
import type { InferenceSession } from 'onnxruntime-node';
import type { CompileOptions, Executor } from '../executor.ts';
import { loadRuntime, type RuntimeLoader } from './load-runtime.ts';
import { OnnxSession } from './onnx-session.ts';
import { programToModel } from './program-to-model.ts';
import { sharedSession } from './shared-session.ts';
import { hostMemory } from './state-memory.ts';

/** @param load how to import the native package; given only to test what happens where it is missing. */
export function onnxruntimeCpu(load?: RuntimeLoader): Executor {
  const name = 'onnxruntime-cpu';
  return {
    name,
    compile: async (program, options = {}) => {
      const runtime = await loadRuntime(load);
      const stateOf = sharedSession(options, hostMemory, name);
      const session = await runtime.InferenceSession.create(programToModel(program), sessionOptions(options));
      return new OnnxSession({
        runtime,
        session,
        program,
        memory: hostMemory,
        stateOf,
        isProfiled: options.profilePrefix !== undefined,
      });
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
