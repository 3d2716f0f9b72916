/**
 * Runs a program with ONNX Runtime's WebGPU provider (Vulkan, Metal or D3D12 through Dawn). State stays on the device between runs; only fed batches go up and
 * outputs (losses, margins) come down. Falling back to the CPU is switched off: a node that the provider cannot run fails the compilation instead of slowing every step.
 */
import type { InferenceSession } from 'onnxruntime-node';
import type { Program } from '../../graph/index.ts';
import type { CompileOptions, Executor } from '../executor.ts';
import { DeviceMemory } from './device-memory.ts';
import { loadRuntime } from './load-runtime.ts';
import { webgpuLowerings } from './lower-webgpu.ts';
import { OnnxSession } from './onnx-session.ts';
import { changingStates, nextName, programToModel } from './program-to-model.ts';
import { sharedSession } from './shared-session.ts';

export function onnxruntimeWebgpu(): Executor {
  const name = 'onnxruntime-webgpu';
  const memory = new DeviceMemory({ session: providerOptions });
  return {
    name,
    compile: async (program, options = {}) => {
      refuseBfloat16(program, name);
      const runtime = await loadRuntime();
      const stateOf = sharedSession(options, memory, name);
      const session = await runtime.InferenceSession.create(programToModel(program, webgpuLowerings), sessionOptions(program, options));
      return new OnnxSession({ runtime, session, program, memory, stateOf, isProfiled: options.profilePrefix !== undefined });
    },
  };
}

export const providerOptions: InferenceSession.SessionOptions = {
  executionProviders: ['webgpu'],
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
  extra: { session: { disable_cpu_ep_fallback: '1' } },
};

function sessionOptions(program: Program, { profilePrefix }: CompileOptions): InferenceSession.SessionOptions {
  const nexts = changingStates(program).map(({ name }) => [nextName(name), 'gpu-buffer'] as const);
  return {
    ...providerOptions,
    ...(nexts.length === 0 ? {} : { preferredOutputLocation: Object.fromEntries(nexts) }),
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
}

/** WGSL has no 16-bit integers to carry it in. */
function refuseBfloat16({ state }: Program, executor: string): void {
  const entry = state.find(({ storage }) => storage === 'bfloat16');
  if (entry !== undefined) throw new Error(`compile: state "${entry.name}" is stored as bfloat16, which ${executor} does not have; it has float32 and float16`);
}
