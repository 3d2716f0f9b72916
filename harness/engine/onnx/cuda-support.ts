/** ONNX Runtime's CUDA provider as a device. */
import type { DeviceSupport } from '../device-support.ts';

export const cudaSupport: DeviceSupport = {
  find: () => Promise.resolve({ available: false, isSoftware: false, detail: 'no executor yet', enable: null }),
  open: () => Promise.reject(new Error('cuda: no executor yet')),
};
