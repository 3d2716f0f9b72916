/**
 * ONNX Runtime's CUDA provider as a device. Its library is too large for the registry: the package's install script
 * downloads it where it is asked to.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DeviceFinding, DeviceSupport } from '../device-support.ts';
import { onnxruntimeCuda } from './onnxruntime-cuda.ts';
import { readableFailure } from './readable-failure.ts';
import { outputOf, tryProvider } from './try-provider.ts';

const library = 'libonnxruntime_providers_cuda.so';
const enable = `On Linux x64 with an NVIDIA GPU, CUDA 12 and cuDNN 9: "ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js" downloads ${library} from api.nuget.org.`;

export const cudaSupport: DeviceSupport = {
  find,
  open: () => Promise.resolve(onnxruntimeCuda()),
};

async function find(): Promise<DeviceFinding> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return missing(
      `onnxruntime-node has the CUDA provider for Linux on x64 only, not ${process.platform} on ${process.arch}`,
      null,
    );
  if (!existsSync(join(binaryFolder(), library))) return missing(`${library} is not installed`, enable);
  const { failure } = await tryProvider('cuda');
  if (failure !== null) return missing(readableFailure(failure), enable);
  const name =
    (await outputOf('nvidia-smi', ['--query-gpu=name,memory.total', '--format=csv,noheader'])).split('\n')[0] ?? '';
  // Kept short: `auto` and every provenance repeat it.
  return {
    available: true,
    isSoftware: false,
    detail: `${name === '' ? 'an NVIDIA GPU' : name}; state is copied to and from main memory at each step`,
    enable: null,
  };
}

function missing(detail: string, how: string | null): DeviceFinding {
  return { available: false, isSoftware: false, detail, enable: how };
}

/** Where the package keeps its binaries; a package that is not there has none. */
function binaryFolder(): string {
  try {
    const main = createRequire(import.meta.url).resolve('onnxruntime-node');
    return join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch);
  } catch {
    return '';
  }
}
