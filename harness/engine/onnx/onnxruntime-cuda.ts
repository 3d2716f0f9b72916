/**
 * Runs a program with ONNX Runtime's CUDA provider. The package (version 1.30) can leave results on a device only for
 * WebGPU, so the state lives in main memory and is copied both ways at each run: 24 bytes a trained parameter with
 * AdamW. Not run by the project's own tests, which have had no NVIDIA GPU.
 */
import type { InferenceSession } from 'onnxruntime-node';
import type { CompileOptions, Executor } from '../executor.ts';
import { loadRuntime } from './load-runtime.ts';
import { webgpuLowerings } from './lower-webgpu.ts';
import { OnnxSession } from './onnx-session.ts';
import { programToModel } from './program-to-model.ts';
import { sharedSession } from './shared-session.ts';
import { hostMemory } from './state-memory.ts';

export function onnxruntimeCuda(): Executor {
  const name = 'onnxruntime-cuda';
  return {
    name,
    wantsWholeSteps: true,
    compile: async (program, options = {}) => {
      // Else matrix products round their factors to TensorFloat-32's 10 bits on Ampere and later, and losses leave the
      // CPU's in the third digit. The package has no way to set the provider's own `use_tf32`. cuBLAS reads this when
      // it is loaded.
      process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
      const runtime = await loadRuntime();
      const stateOf = sharedSession(options, hostMemory, name);
      // The formulations for WebGPU are plain operators that this provider has too, and keep arithmetic on shapes,
      // which would run on the CPU, out of the step.
      const session = await runtime.InferenceSession.create(
        programToModel(program, { table: webgpuLowerings }),
        sessionOptions(options),
      );
      return new OnnxSession({
        runtime,
        session,
        program,
        memory: hostMemory,
        stateOf,
        device: 'cuda',
        isProfiled: options.profilePrefix !== undefined,
        checksIndices: true,
      });
    },
  };
}

function sessionOptions({ profilePrefix }: CompileOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cuda'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
}
