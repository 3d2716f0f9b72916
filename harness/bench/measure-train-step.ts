/** The training step measured in a process of its own, with the allocator that a sweep gives its workers. */
import { execaNode } from 'execa';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allocatorEnvironment } from '../engine/index.ts';
import { UserError } from '../spec/user-error.ts';
import { withinLimits, type ProcessLimits } from './limited-child.ts';
import type { TrainStepBench } from './train-step.ts';
import type { TrainStepRequest } from './train-step-process.ts';

/** Throws UserError (exit 4) where the process goes over a limit or ends without a result. */
export async function measureTrainStep(
  request: TrainStepRequest,
  limits: ProcessLimits | null = null,
): Promise<TrainStepBench> {
  const { size, pairs, pairsPerStep, steps, threads, device, contextLength, profiledSteps } = request;
  const told = { size, pairs, pairsPerStep, steps, threads, device, contextLength, profiledSteps };
  const entry = fileURLToPath(new URL(`train-step-process${extname(import.meta.url)}`, import.meta.url));
  const child = execaNode(entry, [JSON.stringify(told satisfies TrainStepRequest)], {
    ipc: true,
    env: allocatorEnvironment,
  });
  const measured = async (): Promise<TrainStepBench> => {
    const [result] = await Promise.all([child.getOneMessage(), child]);
    return result as unknown as TrainStepBench;
  };
  return await withinLimits(child, limits, measured().catch(noResult));
}

function noResult(cause: unknown): never {
  throw new UserError('the process that takes the training step ended without a result', {
    exitCode: 4,
    hint: 'It may have run out of memory: take a smaller --size or fewer pairs a step.',
    cause,
  });
}
