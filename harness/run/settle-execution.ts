/**
 * Which device a sweep uses and with how many workers: decided once, before anything starts, and recorded with every
 * stage.
 */
import { availableParallelism } from 'node:os';
import { chooseDevice, readSpeedRecord, type Device } from '../engine/index.ts';
import { oneRank } from '../spec/experiment-schema.ts';
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
  tellRanks(execution, workers, onEvent);
  return { workers, threads: execution.threads, device, deviceReason: reason };
}

/** Once a sweep; that shares of a step differ, where ranks do not divide its pairs, changes no result. */
function tellRanks(
  { ranks = oneRank, threads }: SweepOptions['execution'],
  workers: number,
  onEvent: SweepOptions['onEvent'],
): void {
  const { nodes, ranksPerNode } = ranks;
  if (nodes * ranksPerNode === 1) return;
  const here = workers * ranksPerNode * threads;
  const processors = availableParallelism();
  const crowded =
    nodes === 1 && here > processors
      ? `; ${here} threads (${workers} workers x ${ranksPerNode} ranks x ${threads}) on ${processors} processors`
      : '';
  const where = nodes === 1 ? '' : `on each of ${nodes} nodes `;
  const text = `${ranksPerNode} ranks ${where}take the steps: pairs of a step are dealt out to them by length${crowded}`;
  onEvent({ type: 'note', stageId: null, text });
}

function isGpu(device: Device): boolean {
  return device === 'webgpu' || device === 'cuda';
}
