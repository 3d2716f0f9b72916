/** ONNX Runtime's WebGPU provider as a device. */
import type { DeviceSupport } from '../device-support.ts';

export const webgpuSupport: DeviceSupport = {
  find: () => Promise.resolve({ available: false, isSoftware: false, detail: 'no executor yet', enable: null }),
  open: () => Promise.reject(new Error('webgpu: no executor yet')),
};
