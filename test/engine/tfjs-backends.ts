/**
 * Executors over one tfjs backend each: the others are made to fail, so that the choice falls on it.
 */
import type { Executor } from '../../harness/engine/index.ts';
import { tfjsFolder } from '../../harness/cli/folders.ts';
import { loadNative, type Tf, type TfjsBackendName, type TfjsLoaders } from '../../harness/engine/tfjs/backends.ts';
import { buildsOf, type TfjsBuild } from '../../harness/engine/tfjs/builds.ts';
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

/** Builds that `harness doctor --install` has made on this machine; what is missing is printed. */
export const nativeBuilds: readonly TfjsBuild[] = (['tfjs-node', 'tfjs-node-gpu'] as const).flatMap((name) => {
  const [build] = buildsOf(name, tfjsFolder(process.env));
  if (build !== undefined) return [build];
  const device = name === 'tfjs-node' ? 'tfjs' : 'tfjs-gpu';
  console.log(`skipped: no build of ${name}; "harness doctor --install ${device}" makes one`);
  return [];
});

export async function tfjsFrom({ package: name, folder }: TfjsBuild): Promise<Executor> {
  return (await openTfjs({ [name]: () => loadNative(name, folder) })).executor;
}
