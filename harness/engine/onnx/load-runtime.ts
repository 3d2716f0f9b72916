/** Loads the native package only when an engine needs it, and explains a failure to a person. */
import type * as Runtime from 'onnxruntime-node';
import { UserError } from '../../spec/user-error.ts';

export type OnnxRuntime = typeof Runtime;
export type RuntimeLoader = () => Promise<OnnxRuntime>;

const PACKAGE = 'onnxruntime-node';

/**
 * The runtime that `load` imports.
 * @throws UserError with exit code 4 where the package is missing or its binary does not load on this machine.
 */
export async function loadRuntime(load: RuntimeLoader = () => import('onnxruntime-node')): Promise<OnnxRuntime> {
  try {
    const runtime = await load();
    keepHalvesAsBits(runtime);
    return runtime;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    const isMissing =
      (cause as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND' ||
      (cause as { code?: unknown }).code === 'MODULE_NOT_FOUND';
    throw new UserError(
      `engine onnxruntime: the package ${PACKAGE} ` +
        `${isMissing ? 'is not installed' : `does not load on ${process.platform}/${process.arch}`}: ${reason}`,
      {
        exitCode: 4,
        hint:
          'Run "npm ci" in a checkout, or install the package of the harness again; ' +
          'Linux needs glibc 2.28 or newer.',
        cause,
      },
    );
  }
}

/**
 * Node 24 has Float16Array. The runtime then makes every float16 tensor one, which its own native part (1.30) reads as
 * empty. It looks for the type once, when it makes its first tensor: that is done here, without the type.
 */
function keepHalvesAsBits({ Tensor }: OnnxRuntime): void {
  const half = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
  if (half === undefined) return;
  Reflect.deleteProperty(globalThis, 'Float16Array');
  try {
    void new Tensor('float32', new Float32Array(1), [1]);
  } finally {
    Object.defineProperty(globalThis, 'Float16Array', half);
  }
}
