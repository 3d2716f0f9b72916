/**
 * In which formats each device can keep states between runs: known before anything is compiled, so that a sweep is
 * refused before it starts.
 */
import type { StateStorage } from '../graph/index.ts';
import type { Device } from './device.ts';

/** tfjs has one float type; WGSL has no 16-bit integers to carry bfloat16 in. */
export const deviceStorages: Readonly<Record<Device, readonly StateStorage[]>> = {
  cpu: ['float32', 'float16', 'bfloat16'],
  cuda: ['float32', 'float16', 'bfloat16'],
  webgpu: ['float32', 'float16'],
  tfjs: ['float32'],
};
