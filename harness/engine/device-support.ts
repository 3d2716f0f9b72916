/** What the table of devices needs of each device. Types only. */
import type { Executor } from './executor.ts';

export interface DeviceFinding {
  readonly available: boolean;
  /** Emulated on the CPU, as by a software Vulkan driver: right results, slow; never picked by `auto`. */
  readonly isSoftware: boolean;
  readonly detail: string;
  readonly enable: string | null;
}

export interface DeviceSupport {
  /** Looks, and says what it found; never throws. */
  find(): Promise<DeviceFinding>;
  /** Only called where `find` says it is available. */
  open(): Promise<Executor>;
}
