/**
 * Which device a sweep uses and with how many workers: decided once, before anything starts, and recorded with every
 * stage.
 */
import { availableParallelism } from 'node:os';
import { chooseDevice, readSpeedRecord, type Device } from '../engine/index.ts';
import { oneRank } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import type { Provenance } from '../store/index.ts';
import type { SweepOptions } from './sweep-types.ts';

/** @throws UserError (3) where the device is not there, with how to enable it. */
export async function settleExecution(options: SweepOptions): Promise<Provenance['execution']> {
  return options.slurm === undefined ? settleHere(options) : settleForJobs(options);
}

/** What the nodes have, this machine cannot say; a job that finds no device fails with what to do. */
function settleForJobs({ execution, onEvent }: SweepOptions): Provenance['execution'] {
  const settled = settleElsewhere(execution, 'on nodes of Slurm');
  onEvent({ type: 'note', stageId: null, text: `stages run as jobs of Slurm, ${settled.workers} at a time (-j)` });
  return settled;
}

/** @throws UserError (3) where the device is to be looked for: this machine is another one. */
export function settleElsewhere(
  { device, threads, workers }: SweepOptions['execution'],
  where: string,
): Provenance['execution'] {
  if (device !== 'auto') return { workers, threads, device, deviceReason: `as the experiment says, ${where}` };
  throw new UserError('execution.device: auto, and stages run on other machines', {
    exitCode: 3,
    hint: 'Name the device that the nodes have: cpu, cuda or webgpu.',
  });
}

async function settleHere({
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
  const threadsHere = workers * ranksPerNode * threads;
  const where = nodes === 1 ? '' : ` on each of ${nodes} nodes`;
  const crowded = nodes === 1 ? crowdedText(threadsHere) : '';
  const text = `${ranksPerNode} ranks${where} take the steps: pairs of a step are dealt to them by length${crowded}`;
  onEvent({ type: 'note', stageId: null, text });
}

/** Ranks may be on cards, where it does not matter. */
function crowdedText(threads: number): string {
  const processors = availableParallelism();
  return threads > processors ? `; all workers together have ${threads} threads on ${processors} processors` : '';
}

function isGpu(device: Device): boolean {
  return device === 'webgpu' || device === 'cuda';
}
