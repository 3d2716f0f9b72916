/** The tfjs API as a device. It is always there, since plain JavaScript is; what differs is which backend computes. */
import type { DeviceFinding, DeviceSupport } from './device-support.ts';
import { openTfjs } from './tfjs/tfjs-executor.ts';

const ENABLE_GPU =
  'For an NVIDIA GPU install the optional peer: npm install --no-save @tensorflow/tfjs-node-gpu@4.22.0 (it ' +
  'downloads libtensorflow 2.9, which needs CUDA 11.2 and cuDNN 8.1).';

export const tfjsSupport: DeviceSupport = {
  find: async (): Promise<DeviceFinding> => {
    try {
      const { detail, usesGpu } = await openTfjs();
      return { available: true, isSoftware: !usesGpu, detail, enable: usesGpu ? null : ENABLE_GPU };
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
