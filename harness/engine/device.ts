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
import { fastestMeasured, measurable, type Findings, type SpeedRecord } from './speed-record.ts';
import { tfjsSupport } from './tfjs-support.ts';

export { deviceNames, type Device };

const supports = { cpu: cpuSupport, webgpu: webgpuSupport, cuda: cudaSupport, tfjs: tfjsSupport } satisfies Record<
  Device,
  DeviceSupport
>;

/**
 * The order where nothing was measured: a guess. tfjs is not in it: it was slower than ONNX Runtime on every device
 * that both have.
 */
const preference = ['cuda', 'webgpu'] as const;

export interface OpenedExecutor {
  readonly executor: Executor;
  readonly device: Device;
  /** Why this device, for people and for the record: as asked, or what `auto` found. */
  readonly reason: string;
  /** Whether `auto` took it for its speed as measured on this machine. */
  readonly isMeasured: boolean;
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
 * @param speeds What was measured on this machine, by which `auto` chooses; null: nothing.
 * @throws UserError (3) where the device is not there, with how to enable it. `auto` never throws: the CPU is always
 * there.
 */
export async function chooseDevice(device: Device | 'auto', speeds: SpeedRecord | null = null): Promise<ChosenDevice> {
  if (device === 'auto') return speeds === null ? bestDevice(await findAccelerators()) : await bestMeasured(speeds);
  const finding = await supports[device].find();
  if (finding.available) return { device, reason: `as asked: ${finding.detail}`, isMeasured: false };
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
export async function openExecutor(
  device: Device | 'auto',
  speeds: SpeedRecord | null = null,
): Promise<OpenedExecutor> {
  const chosen = await chooseDevice(device, speeds);
  return { ...chosen, executor: await executorOf(chosen.device) };
}

/** Every device in turn; probing opens nothing that stays open. */
export async function describeDevices(): Promise<readonly DeviceDescription[]> {
  const found = await findAll();
  return deviceNames.map((device) => {
    const { available, detail, enable } = found[device];
    return { device, available, detail, enable };
  });
}

/** What a measurement of this machine takes, with what is known of each. */
export async function measurableDevices(): Promise<readonly Pick<DeviceDescription, 'device' | 'detail'>[]> {
  const found = await findAll();
  return measurable(found).map((device) => ({ device, detail: found[device].detail }));
}

async function findAll(): Promise<Readonly<Record<Device, DeviceFinding>>> {
  const found: Partial<Record<Device, DeviceFinding>> = {};
  for (const device of deviceNames) found[device] = await supports[device].find();
  return found as Record<Device, DeviceFinding>;
}

async function findAccelerators(): Promise<Accelerators> {
  return { cuda: await supports.cuda.find(), webgpu: await supports.webgpu.find() };
}

async function bestMeasured(speeds: SpeedRecord): Promise<ChosenDevice> {
  const found = await findAll();
  return fastestOf(speeds, found) ?? bestDevice(found);
}

/** The fastest device of a record that speaks for what is here; else null. Exported for its test. */
export function fastestOf(speeds: SpeedRecord, found: Findings): ChosenDevice | null {
  const fastest = fastestMeasured(speeds, found);
  if (fastest === null) return null;
  const { device, detail, pairsPerSecond } = fastest;
  const speed = `${pairsPerSecond.toPrecision(3)} pairs/s at ${speeds.size} on ${speeds.measuredAt.slice(0, 10)}`;
  return { device, reason: `auto: the fastest measured, ${speed}: ${detail}`, isMeasured: true };
}

type Accelerators = Readonly<Record<(typeof preference)[number], DeviceFinding>>;

/** The first usable accelerator, else the CPU with the reasons against each. Exported for its test. */
export function bestDevice(found: Accelerators): ChosenDevice {
  const taken = preference.find((device) => isWorthTaking(found[device]));
  if (taken !== undefined) return { device: taken, reason: `auto: ${found[taken].detail}`, isMeasured: false };
  const against = preference.map(
    (device) =>
      `${device} is ${found[device].available ? 'a software driver' : 'not available'} (${found[device].detail})`,
  );
  return { device: 'cpu', reason: `auto: ${against.join('; ')}`, isMeasured: false };
}

/** A software driver computes on the CPU, an order of magnitude slower than the CPU's own provider. */
function isWorthTaking({ available, isSoftware }: DeviceFinding): boolean {
  return available && !isSoftware;
}
