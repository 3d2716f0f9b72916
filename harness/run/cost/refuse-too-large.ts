/**
 * A plan whose training would not fit into memory is refused before it starts, with the numbers: better than a worker
 * that is killed in the night.
 */
import { largestNeeds, type MemoryNeed, type Plan } from '../../plan/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { AvailableMemory } from './available-memory.ts';

export interface MemoryDemand {
  readonly plan: Plan;
  /** Stage id -> peak bytes, of stages that will run. */
  readonly memory: ReadonlyMap<string, number>;
  readonly workers: number;
}

/** @throws UserError (3) where the largest stages, one a worker, need more than there is. */
export function refuseTooLarge({ plan, memory, workers }: MemoryDemand, available: AvailableMemory): void {
  const needs = largestNeeds(memory, workers);
  const together = needs.reduce((sum, { bytes }) => sum + bytes, 0);
  const [largest] = needs;
  if (largest === undefined || together <= available.bytes) return;
  const all = needs.length === 1 ? '' : `, the largest ${needs.length} at once ${gigabytes(together)}`;
  throw new UserError(
    `${describeStage(largest.id, plan)} needs about ${gigabytes(largest.bytes)} of memory${all}; ` +
      `there are ${gigabytes(available.bytes)} (${available.source})`,
    { exitCode: 3, hint: hintOf(needs, available.bytes) },
  );
}

function describeStage(id: string, { trials }: Plan): string {
  const trial = trials.find(({ stages }) => stages.includes(id));
  return trial === undefined ? id : `${id} (trial ${trial.id}, ${trial.axes.model})`;
}

function hintOf(needs: readonly MemoryNeed[], availableBytes: number): string {
  let sum = 0;
  const fitting = needs.findIndex(({ bytes }) => (sum += bytes) > availableBytes);
  if (fitting > 0) return `Use fewer workers: --jobs ${fitting} (or execution.workers).`;
  return (
    'Lower pairsPerMicroBatch or pairsPerStep, or model.contextLength; ' +
    'parameters and moments alone take what a smaller model or finetune.trainable: {kind: lora} saves.'
  );
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;
