/**
 * The devices a program can run on. Opening one says why it was taken; one that is not there is refused with how to
 * enable it.
 */
import { deviceNames, type Device } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import type { DeviceFinding, DeviceSupport } from './device-support.ts';
import type { Executor } from './executor.ts';
import { cpuSupport } from './onnx/cpu-support.ts';
import { cudaSupport } from './onnx/cuda-support.ts';
import { webgpuSupport } from './onnx/webgpu-support.ts';
import { tfjsSupport } from './tfjs-support.ts';

export { deviceNames, type Device };

const supports = { cpu: cpuSupport, webgpu: webgpuSupport, cuda: cudaSupport, tfjs: tfjsSupport } satisfies Record<
  Device,
  DeviceSupport
>;

/** tfjs is never picked: it is slower than ONNX Runtime on every device that both have. */
const preference = ['cuda', 'webgpu'] as const;

export interface OpenedExecutor {
  readonly executor: Executor;
  readonly device: Device;
  /** Why this device, for people and for the record: as asked, or what `auto` found. */
  readonly reason: string;
}

export interface DeviceDescription {
  readonly device: Device;
  readonly available: boolean;
  /** What was found, or why it cannot be used. */
  readonly detail: string;
  /** What to do to have it; null where it is there, or cannot be had on this platform. */
  readonly enable: string | null;
}

/** A device that is there, and why it was taken. */
export type ChosenDevice = Omit<OpenedExecutor, 'executor'>;

/**
 * @throws UserError (3) where the device is not there, with how to enable it. `auto` never throws: the CPU is always
 * there.
 */
export async function chooseDevice(device: Device | 'auto'): Promise<ChosenDevice> {
  if (device === 'auto') return bestDevice(await findAccelerators());
  const finding = await supports[device].find();
  if (finding.available) return { device, reason: `as asked: ${finding.detail}` };
  throw new UserError(`device ${device}: not available: ${finding.detail}`, {
    exitCode: 3,
    hint: finding.enable ?? 'Use the device cpu.',
  });
}

/** The executor of a device that `chooseDevice` found, perhaps in another process. */
export function executorOf(device: Device): Promise<Executor> {
  return supports[device].open();
}

/** Both in one. @throws UserError (3) as `chooseDevice` does. */
export async function openExecutor(device: Device | 'auto'): Promise<OpenedExecutor> {
  const chosen = await chooseDevice(device);
  return { ...chosen, executor: await executorOf(chosen.device) };
}

/** Every device in turn; probing opens nothing that stays open. */
export async function describeDevices(): Promise<readonly DeviceDescription[]> {
  const described: DeviceDescription[] = [];
  for (const device of deviceNames) {
    const { available, detail, enable } = await supports[device].find();
    described.push({ device, available, detail, enable });
  }
  return described;
}

async function findAccelerators(): Promise<Accelerators> {
  return { cuda: await supports.cuda.find(), webgpu: await supports.webgpu.find() };
}

type Accelerators = Readonly<Record<(typeof preference)[number], DeviceFinding>>;

/** The first usable accelerator, else the CPU with the reasons against each. Exported for its test. */
export function bestDevice(found: Accelerators): ChosenDevice {
  const taken = preference.find((device) => isWorthTaking(found[device]));
  if (taken !== undefined) return { device: taken, reason: `auto: ${found[taken].detail}` };
  const against = preference.map(
    (device) =>
      `${device} is ${found[device].available ? 'a software driver' : 'not available'} (${found[device].detail})`,
  );
  return { device: 'cpu', reason: `auto: ${against.join('; ')}` };
}

/** A software driver computes on the CPU, an order of magnitude slower than the CPU's own provider. */
function isWorthTaking({ available, isSoftware }: DeviceFinding): boolean {
  return available && !isSoftware;
}
