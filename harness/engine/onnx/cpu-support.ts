/**
 * ONNX Runtime's CPU provider as a device: it ships inside the package, so it is there wherever the harness is
 * installed.
 */
import { availableParallelism } from 'node:os';
import type { DeviceSupport } from '../device-support.ts';
import { onnxruntimeCpu } from './onnxruntime-cpu.ts';

export const cpuSupport: DeviceSupport = {
  find: () =>
    Promise.resolve({
      available: true,
      isSoftware: false,
      detail: `ONNX Runtime on ${availableParallelism()} cores`,
      enable: null,
    }),
  open: () => Promise.resolve(onnxruntimeCpu()),
};
