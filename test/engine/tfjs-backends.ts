/** Executors over one tfjs backend each: the others are made to fail, so that the choice falls on it. */
import type { Executor } from '../../harness/engine/index.ts';
import type { Tf, TfjsBackendName, TfjsLoaders } from '../../harness/engine/tfjs/backends.ts';
import { openTfjs } from '../../harness/engine/tfjs/tfjs-executor.ts';

const load: Readonly<Record<'wasm' | 'cpu', () => Promise<Tf>>> = {
  wasm: async () => (await import('@tensorflow/tfjs-backend-wasm'), await import('@tensorflow/tfjs-core')),
  cpu: async () => (await import('@tensorflow/tfjs-backend-cpu'), await import('@tensorflow/tfjs-core')),
};

const refused = (): Promise<never> => Promise.reject(new Error('not for this test'));

export function loadersWith(own: Partial<Record<TfjsBackendName, () => Promise<Tf>>>): TfjsLoaders {
  return { 'tfjs-node-gpu': refused, 'tfjs-node': refused, wasm: refused, cpu: refused, ...own };
}

export async function tfjsOn(name: 'wasm' | 'cpu'): Promise<Executor> {
  return (await openTfjs(loadersWith({ [name]: load[name] }))).executor;
}

export const portable = ['wasm', 'cpu'] as const;
