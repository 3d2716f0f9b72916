/** A training step on every device that is here, one after another: by this record `auto` chooses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measurableDevices, type DeviceSpeed, type SpeedRecord } from '../engine/index.ts';
import { UserError } from '../spec/user-error.ts';
import { measureTrainStep } from './measure-train-step.ts';
import { cardPairs, seededTokenPairs, tokenPairLines } from './seeded-token-pairs.ts';

/** The size that is nearest to what sweeps train, of those that keep a card busy. */
const size = '5m';
const pairsPerStep = 16;
const steps = 5;

export interface MeasuredDevices {
  readonly record: SpeedRecord;
  /** Devices that are here and could not take the step, with the reason. */
  readonly failed: readonly { readonly device: string; readonly reason: string }[];
}

/**
 * @param now Time of the record.
 * @param onDevice Told before each device.
 * @throws UserError (3) where not even one device takes the step.
 */
export async function measureDevices(now: Date, onDevice: (device: string) => void): Promise<MeasuredDevices> {
  const folder = mkdtempSync(join(tmpdir(), 'harness-devices-'));
  const pairs = join(folder, 'pairs.jsonl');
  const taken: Measured[] = [];
  try {
    writeFileSync(pairs, tokenPairLines(seededTokenPairs(cardPairs)));
    for (const { device, detail } of await measurableDevices()) {
      onDevice(device);
      taken.push(await measured(device, detail, pairs));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return recorded(taken, now);
}

interface Measured {
  readonly speed: DeviceSpeed;
  readonly reason: string | null;
}

/** A device that fails has the speed 0: it was measured, and is of no use. */
async function measured(device: DeviceSpeed['device'], detail: string, pairs: string): Promise<Measured> {
  try {
    const threads = availableParallelism();
    const told = { size, pairs, pairsPerStep, steps, threads, device, contextLength: null, profiledSteps: 0 } as const;
    const { pairsPerSecond } = await measureTrainStep(told);
    return { speed: { device, detail, pairsPerSecond }, reason: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { speed: { device, detail, pairsPerSecond: 0 }, reason };
  }
}

function recorded(taken: readonly Measured[], now: Date): MeasuredDevices {
  const failed = taken.flatMap(({ speed, reason }) => (reason === null ? [] : [{ device: speed.device, reason }]));
  if (failed.length === taken.length)
    throw new UserError(`no device takes a training step: ${failed.map(({ reason }) => reason).join('; ')}`, {
      exitCode: 3,
      hint: 'Run "harness doctor".',
    });
  const speeds = taken.map(({ speed }) => speed);
  return { record: { schemaVersion: 1, measuredAt: now.toISOString(), size, speeds }, failed };
}
