/** The tfjs API as a device. It is always there, since plain JavaScript is; what differs is which backend computes. */
import type { DeviceFinding, DeviceSupport } from './device-support.ts';
import { openTfjs } from './tfjs/tfjs-executor.ts';

const ENABLE_NATIVE =
  "For TensorFlow's own kernels, with several threads: harness doctor --install tfjs (Linux; it takes the library " +
  'out of the wheel of tensorflow-cpu and compiles the addon of @tensorflow/tfjs-node).';
const ENABLE_GPU =
  'For an NVIDIA GPU: harness doctor --install tfjs-gpu --python PYTHON, with a Python that has tensorflow[and-cuda].';

export const tfjsSupport: DeviceSupport = {
  find: async (): Promise<DeviceFinding> => {
    try {
      const { detail, usesGpu, executor } = await openTfjs();
      const enable = executor.name.startsWith('tfjs-node') ? ENABLE_GPU : `${ENABLE_NATIVE} ${ENABLE_GPU}`;
      return { available: true, isSoftware: !usesGpu, detail, enable: usesGpu ? null : enable };
    } catch (error) {
      return {
        available: false,
        isSoftware: true,
        detail: (error as Error).message,
        enable: 'Run "npm ci": the tfjs packages are dependencies.',
      };
    }
  },
  open: async () => (await openTfjs()).executor,
};
