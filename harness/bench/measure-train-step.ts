/** The training step measured in a process of its own, with the allocator that a sweep gives its workers. */
import { execaNode } from 'execa';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allocatorEnvironment } from '../engine/index.ts';
import type { TrainStepBench } from './train-step.ts';
import type { TrainStepRequest } from './train-step-process.ts';

export async function measureTrainStep({
  size,
  pairs,
  pairsPerStep,
  steps,
  threads,
  device,
}: TrainStepRequest): Promise<TrainStepBench> {
  const entry = fileURLToPath(new URL(`train-step-process${extname(import.meta.url)}`, import.meta.url));
  const child = execaNode(
    entry,
    [JSON.stringify({ size, pairs, pairsPerStep, steps, threads, device } satisfies TrainStepRequest)],
    { ipc: true, env: allocatorEnvironment },
  );
  const result = (await child.getOneMessage()) as unknown as TrainStepBench;
  await child;
  return result;
}
