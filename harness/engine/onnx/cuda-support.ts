/**
 * ONNX Runtime's CUDA provider as a device. Its library is too large for the registry: the package's install script
 * downloads it where it is asked to.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { DeviceFinding, DeviceSupport } from '../device-support.ts';
import { onnxruntimeCuda } from './onnxruntime-cuda.ts';
import { readableFailure } from './readable-failure.ts';
import { outputOf, tryProvider } from './try-provider.ts';

const library = 'libonnxruntime_providers_cuda.so';

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
  if (!existsSync(join(binaryFolder(), library))) return missing(`${library} is not installed`, howToEnable());
  const { failure } = await tryProvider('cuda');
  if (failure !== null) return missing(readableFailure(failure), howToEnable());
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

/** The command for the shell's current folder: the package lies deeper where the harness itself is a dependency. */
function howToEnable(): string {
  const script = relative(process.cwd(), join(packageFolder() ?? 'node_modules/onnxruntime-node', 'script/install.js'));
  return (
    `On Linux x64 with an NVIDIA GPU, CUDA 12 and cuDNN 9: ` +
    `"ONNXRUNTIME_NODE_INSTALL=cuda12 node ${script}" downloads ${library} from api.nuget.org.`
  );
}

/** Where the package keeps its binaries; a package that is not there has none. */
function binaryFolder(): string {
  const folder = packageFolder();
  return folder === null ? '' : join(folder, 'bin', 'napi-v6', process.platform, process.arch);
}

function packageFolder(): string | null {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')));
  } catch {
    return null;
  }
}
