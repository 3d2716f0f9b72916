/**
 * ONNX Runtime's WebGPU provider as a device. It ships inside the package; what may be missing is a driver that it
 * accepts.
 */
import type { DeviceFinding, DeviceSupport } from '../device-support.ts';
import { onnxruntimeWebgpu } from './onnxruntime-webgpu.ts';
import { readableFailure } from './readable-failure.ts';
import type { AdapterFacts, ProviderAnswer } from './try-provider.ts';
import { probeWebgpu } from './webgpu-adapter.ts';

export const webgpuSupport: DeviceSupport = {
  find: async () => findingOf(await probeWebgpu()),
  open: () => Promise.resolve(onnxruntimeWebgpu()),
};

/** Exported for its test. */
export function findingOf({ failure, hasFloat16, adapter, missingLibraries }: ProviderAnswer): DeviceFinding {
  if (failure !== null || adapter === null) {
    return {
      available: false,
      isSoftware: false,
      detail: `${readableFailure(failure ?? 'no adapter')}${lacking(missingLibraries)}`,
      enable: enableText(missingLibraries),
    };
  }
  const features = new Set([
    ...(hasFloat16 ? ['shader-f16'] : []),
    ...adapter.features.filter((feature) => toldFeatures.has(feature)),
  ]);
  const facts = [
    `${adapter.name}${adapter.isSoftware ? ' (software: runs on the CPU, for tests)' : ''}`,
    ...features,
    ...limits(adapter),
  ];
  return {
    available: true,
    isSoftware: adapter.isSoftware,
    detail: facts.join(', '),
    enable: adapter.maxBindingBytes === null ? tellLimits : null,
  };
}

const tellLimits = 'To see the limits of the adapter too: npm install --no-save webgpu@0.6.2';

/** Those that matter to training. */
const toldFeatures = new Set(['shader-f16', 'subgroups', 'timestamp-query']);

function limits({ maxBindingBytes, maxBufferBytes }: AdapterFacts): string[] {
  const mebibytes = (bytes: number): string => `${Math.floor(bytes / 2 ** 20)} MiB`;
  return [
    ...(maxBindingBytes === null ? [] : [`${mebibytes(maxBindingBytes)} a binding`]),
    ...(maxBufferBytes === null ? [] : [`${mebibytes(maxBufferBytes)} a buffer`]),
  ];
}

/** Dawn says "No supported adapters" of a machine without a loader, without a driver, and with half a driver. */
function lacking(libraries: readonly string[]): string {
  return libraries.length === 0 ? '' : ` (not on this machine: ${libraries.join(', ')})`;
}

function enableText(missingLibraries: readonly string[]): string {
  if (process.platform === 'linux' && process.arch !== 'x64')
    return 'onnxruntime-node ships the WebGPU provider for Linux on x64 only.';
  if (process.platform !== 'linux') return 'Update the graphics driver.';
  return missingLibraries.length === 0 ? driverText : `Install what is missing (${loaders}). ${driverText}`;
}

const loaders = 'Debian: apt-get install libvulkan1 libegl1 libgl1 libglx0';
const driverText =
  'Install the Vulkan driver of the GPU; for tests without one, Mesa 24 or newer (Debian 12: ' +
  "apt-get install -t bookworm-backports mesa-vulkan-drivers). NVIDIA's driver needs the loaders of EGL and GLX " +
  'beside that of Vulkan; in a container it must be let in with its graphics part (NVIDIA_DRIVER_CAPABILITIES=all).';
