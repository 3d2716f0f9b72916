/** tfjs' own profile of its kernels, written in the form of ONNX Runtime's, so that one reader serves both. */
import { writeFileSync } from 'node:fs';
import type { Tf } from './backends.ts';

export class KernelProfile {
  readonly #file: string;
  readonly #events: object[] = [];

  constructor(prefix: string) {
    this.#file = `${prefix}_tfjs.json`;
  }

  /** Runs `compute` under the profiler, which waits for each kernel. */
  async around<T>(tf: Tf, compute: () => T): Promise<T> {
    let result: { readonly value: T } | null = null;
    const { kernels } = await tf.profile((() => {
      result = { value: compute() };
    }) as unknown as Parameters<Tf['profile']>[0]);
    for (const { name, kernelTimeMs } of kernels)
      this.#events.push({
        cat: 'Node',
        name: `${name}_kernel_time`,
        dur: Number(kernelTimeMs) * 1000,
        args: { op_name: name },
      });
    writeFileSync(this.#file, JSON.stringify(this.#events));
    return (result as unknown as { readonly value: T }).value;
  }
}
