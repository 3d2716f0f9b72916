/** The training step measured in a process of its own, with the allocator that a sweep gives its workers. */
import { execaNode } from 'execa';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allocatorEnvironment } from '../engine/index.ts';
import { UserError } from '../spec/user-error.ts';
import { withinLimits, type ProcessLimits } from './limited-child.ts';
import type { TrainStepBench } from './train-step.ts';
import type { TrainStepAnswer, TrainStepRequest } from './train-step-process.ts';

/** @throws UserError as the step does (3: the device), or 4 where the process goes over a limit or ends early. */
export async function measureTrainStep(
  request: TrainStepRequest,
  limits: ProcessLimits | null = null,
): Promise<TrainStepBench> {
  const { size, pairs, pairsPerStep, steps, threads, device, contextLength, profiledSteps } = request;
  const told = { size, pairs, pairsPerStep, steps, threads, device, contextLength, profiledSteps };
  const entry = fileURLToPath(new URL(`train-step-process${extname(import.meta.url)}`, import.meta.url));
  const args = [JSON.stringify(told satisfies TrainStepRequest)];
  const child = execaNode(entry, args, { ipc: true, env: allocatorEnvironment, reject: false });
  const measured = async (): Promise<TrainStepBench> => {
    const answer = (await child.getOneMessage().catch(() => null)) as unknown as TrainStepAnswer | null;
    const { signal, exitCode, stderr } = await child;
    if (answer === null) throw endedEarly(signal ?? `exit code ${exitCode ?? '?'}`, stderr);
    return resultOf(answer);
  };
  return await withinLimits(child, limits, measured());
}

function resultOf(answer: TrainStepAnswer): TrainStepBench {
  if ('result' in answer) return answer.result;
  const { message, hint, exitCode } = answer.failure;
  if (exitCode === null) throw new Error(message);
  throw new UserError(message, { exitCode, ...(hint !== null && { hint }) });
}

function endedEarly(how: string, stderr: string): UserError {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return new UserError(`the process that measures the step was ended by ${how}${last === '' ? '' : `: ${last}`}`, {
    exitCode: 4,
    hint: 'SIGKILL often means that the system was out of memory: take a smaller size. Else run it again.',
  });
}
