/**
 * What was measured on this machine, by which `auto` orders its devices. It speaks for the machine as it was: where
 * other devices are here now, or other drivers, it says nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../spec/experiment-schema.ts';
import type { DeviceFinding } from './device-support.ts';

export interface DeviceSpeed {
  readonly device: Device;
  /** What `doctor` said of the device when it was measured: a driver or card of another name was not. */
  readonly detail: string;
  /** Of a training step. */
  readonly pairsPerSecond: number;
}

export interface SpeedRecord {
  readonly schemaVersion: 1;
  /** ISO 8601. */
  readonly measuredAt: string;
  /** Of the model that was trained, as `5m`. */
  readonly size: string;
  readonly speeds: readonly DeviceSpeed[];
}

export type Findings = Readonly<Partial<Record<Device, DeviceFinding>>>;

export const speedRecordFile = (cacheFolder: string): string => join(cacheFolder, 'device-speeds.json');

/** null where nothing was measured, or the file is no record: it is only advice. */
export function readSpeedRecord(cacheFolder: string): SpeedRecord | null {
  try {
    const record = JSON.parse(readFileSync(speedRecordFile(cacheFolder), 'utf8')) as SpeedRecord;
    return record.schemaVersion === 1 && Array.isArray(record.speeds) && record.speeds.length > 0 ? record : null;
  } catch {
    return null;
  }
}

/** Those that a measurement takes: what is here and is no emulation on the CPU. */
export function measurable(found: Findings): readonly Device[] {
  return (Object.keys(found) as Device[]).filter((device) => {
    const finding = found[device];
    return finding !== undefined && finding.available && !finding.isSoftware;
  });
}

/** The fastest device, where all that are here were measured as they are; else null. */
export function fastestMeasured(record: SpeedRecord, found: Findings): DeviceSpeed | null {
  const here = measurable(found);
  const known = here.flatMap((device) =>
    record.speeds.filter((speed) => speed.device === device && speed.detail === found[device]?.detail),
  );
  if (known.length !== here.length) return null;
  return known.reduce<DeviceSpeed | null>(
    (best, each) => (best === null || each.pairsPerSecond > best.pairsPerSecond ? each : best),
    null,
  );
}
