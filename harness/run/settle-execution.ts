/**
 * Which device a sweep uses and with how many workers: decided once, before anything starts, and recorded with every
 * stage.
 */
import { chooseDevice, readSpeedRecord, type Device } from '../engine/index.ts';
import type { Provenance } from '../store/index.ts';
import type { SweepOptions } from './sweep-types.ts';

/** @throws UserError (3) where the device is not there, with how to enable it. */
export async function settleExecution({
  execution,
  cacheFolder,
  gpuWorkers = 1,
  onEvent,
}: SweepOptions): Promise<Provenance['execution']> {
  const { device, reason } = await chooseDevice(execution.device, readSpeedRecord(cacheFolder));
  const workers = isGpu(device) ? gpuWorkers : execution.workers;
  if (execution.device !== 'cpu') {
    const shared =
      workers < execution.workers
        ? `, ${workers} of ${execution.workers} workers: they would share it (-j asks for more)`
        : '';
    onEvent({ type: 'note', stageId: null, text: `device ${device} (${reason})${shared}` });
  }
  return { workers, threads: execution.threads, device, deviceReason: reason };
}

function isGpu(device: Device): boolean {
  return device === 'webgpu' || device === 'cuda';
}
