/** The tfjs API as a device. */
import type { DeviceSupport } from './device-support.ts';

export const tfjsSupport: DeviceSupport = {
  find: () => Promise.resolve({ available: false, isSoftware: true, detail: 'no executor yet', enable: null }),
  open: () => Promise.reject(new Error('tfjs: no executor yet')),
};
