/**
 * Runs a program with ONNX Runtime's WebGPU provider (Vulkan, Metal or D3D12 through Dawn). State stays on the device
 * between runs; only fed batches go up and outputs (losses, margins) come down. Falling back to the CPU is switched
 * off: a node that the provider cannot run fails the compilation instead of slowing every step.
 */
import type { InferenceSession } from 'onnxruntime-node';
import type { Program, StateEntry } from '../../graph/index.ts';
import { sizeOfShape } from '../bind-feeds.ts';
import type { CompileOptions, Executor } from '../executor.ts';
import { DeviceMemory } from './device-memory.ts';
import { driverFailure } from './driver-failure.ts';
import { loadRuntime, type OnnxRuntime } from './load-runtime.ts';
import { webgpuLowerings } from './lower-webgpu.ts';
import { OnnxSession } from './onnx-session.ts';
import { changingStates, nextName, programToModel } from './program-to-model.ts';
import { readableFailure } from './readable-failure.ts';
import { sharedSession } from './shared-session.ts';

export function onnxruntimeWebgpu(): Executor {
  const name = 'onnxruntime-webgpu';
  const memory = new DeviceMemory({ session: providerOptions });
  return {
    name,
    wantsWholeSteps: true,
    compile: async (program, options = {}) => {
      refuseBfloat16(program, name);
      const runtime = await loadRuntime();
      const stateOf = sharedSession(options, memory, name);
      const session = await create(runtime, program, sessionOptions(program, options));
      return new OnnxSession({
        runtime,
        session,
        program,
        memory,
        stateOf,
        device: 'webgpu',
        isProfiled: options.profilePrefix !== undefined,
        explain: (message) => explainLimit(message, program),
        checksIndices: true,
      });
    },
  };
}

const providerOptions: InferenceSession.SessionOptions = {
  // No convolutions here to lay out anew; asking for NHWC would run the transpose optimizer once more, see below.
  executionProviders: [{ name: 'webgpu', preferredLayout: 'NCHW' }],
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4,
  // The transpose optimizer pushes transpositions through Expand and permutes the target shape for it, by a Gather on
  // int64 that only the CPU has.
  extra: {
    session: { disable_cpu_ep_fallback: '1' },
    optimization: { disable_specified_optimizers: 'TransposeOptimizer' },
  },
};

function sessionOptions(program: Program, { profilePrefix }: CompileOptions): InferenceSession.SessionOptions {
  const nexts = changingStates(program).map(({ name }) => [nextName(name), 'gpu-buffer'] as const);
  return {
    ...providerOptions,
    ...(nexts.length === 0 ? {} : { preferredOutputLocation: Object.fromEntries(nexts) }),
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
}

async function create(
  runtime: OnnxRuntime,
  program: Program,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(programToModel(program, { table: webgpuLowerings }), options);
  } catch (cause) {
    const message = readableFailure(cause);
    const isFallback = message.includes('fallback to CPU EP has been explicitly disabled');
    const told = `compile: ONNX Runtime failed on WebGPU: ${isFallback ? unsupported(program) : message}`;
    throw driverFailure('webgpu', told, cause) ?? new Error(told, { cause });
  }
}

/** The provider does not say which node it is. */
function unsupported({ tensors, state }: Program): string {
  const half = state.find(({ storage }) => storage === 'float16');
  const operations = [...new Set(tensors.map(({ op }) => op))].sort().join(', ');
  const suspect =
    half === undefined
      ? ''
      : `; state "${half.name}" is stored as float16, which needs an adapter with shader-f16 (see "harness doctor")`;
  return `the provider has no kernel for some operation of this program (${operations})${suspect}`;
}

/**
 * A tensor larger than one binding (maxStorageBufferBindingSize: 128 MiB on many drivers) is split among several, and a
 * shader takes few bindings (maxStorageBuffersPerShaderStage, 16 at most). The provider's message names the node; this
 * adds the tensors that are likely meant.
 */
export function explainLimit(message: string, { state }: Program): string {
  if (!/storage buffers in shader|buffer size|out of memory|allocat/i.test(message)) return '';
  const bytes = ({ input, storage }: StateEntry): number =>
    sizeOfShape(input.shape.map(Number)) * (storage === 'float16' ? 2 : 4);
  const largest = state
    .toSorted((a, b) => bytes(b) - bytes(a))
    .slice(0, 3)
    .map((entry) => `"${entry.name}" (${Math.ceil(bytes(entry) / 2 ** 20)} MiB)`);
  return (
    `; a tensor larger than the device's maxStorageBufferBindingSize takes several of a shader's few bindings, ` +
    `and the largest states are ${largest.join(', ')}. Use a smaller model or vocabulary, or --device cpu`
  );
}

/** WGSL has no 16-bit integers to carry it in. */
function refuseBfloat16({ state }: Program, executor: string): void {
  const entry = state.find(({ storage }) => storage === 'bfloat16');
  if (entry !== undefined)
    throw new Error(
      `compile: state "${entry.name}" is stored as bfloat16, which ${executor} does not have; ` +
        `it has float32 and float16`,
    );
}
