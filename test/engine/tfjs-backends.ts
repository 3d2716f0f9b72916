/** Executors over one tfjs backend each: the others are made to fail, so that the choice falls on it. */
import type { Executor } from '../../harness/engine/index.ts';
import type { Tf, TfjsBackendName, TfjsLoaders } from '../../harness/engine/tfjs/backends.ts';
import { openTfjs } from '../../harness/engine/tfjs/tfjs-executor.ts';
import { tfjsNodeKernels } from './tfjs-node-kernels.ts';

const refused = (): Promise<never> => Promise.reject(new Error('not for this test'));

export function loadersWith(own: Partial<Record<TfjsBackendName, () => Promise<Tf>>>): TfjsLoaders {
  return { 'tfjs-node-gpu': refused, 'tfjs-node': refused, wasm: refused, cpu: refused, ...own };
}

export const load: Readonly<Record<'tfjs-node' | 'wasm' | 'cpu', () => Promise<Tf>>> = {
  'tfjs-node': nativeStandIn,
  wasm: async () => (await import('@tensorflow/tfjs-backend-wasm'), await import('@tensorflow/tfjs-core')),
  cpu: async () => (await import('@tensorflow/tfjs-backend-cpu'), await import('@tensorflow/tfjs-core')),
};

/**
 * What runs everywhere. `tfjs-node` is the stand-in: what the executor does on libtensorflow, without libtensorflow.
 */
export const portable = ['tfjs-node', 'wasm', 'cpu'] as const;

export async function tfjsOn(name: (typeof portable)[number]): Promise<Executor> {
  return (await openTfjs(loadersWith({ [name]: load[name] }))).executor;
}

/**
 * A backend under the native one's name with exactly the native one's kernels, each computed as the cpu backend does.
 */
async function nativeStandIn(): Promise<Tf> {
  const [tf, { MathBackendCPU }] = [
    await import('@tensorflow/tfjs-core'),
    await import('@tensorflow/tfjs-backend-cpu'),
  ];
  if (tf.findBackendFactory('tensorflow') !== null) return tf;
  for (const kernel of tf.getKernelsForBackend('cpu')) {
    if (tfjsNodeKernels.has(kernel.kernelName)) tf.registerKernel({ ...kernel, backendName: 'tensorflow' });
  }
  tf.registerBackend('tensorflow', () => new MathBackendCPU());
  return tf;
}
