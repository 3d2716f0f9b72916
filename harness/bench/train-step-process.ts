/**
 * The entry of a process that measures the training step once and sends the result to its parent: a fresh process for
 * every round of a comparison.
 */
import { openExecutor, type Device } from '../engine/index.ts';
import { UserError, type ExitCode } from '../spec/user-error.ts';
import { readTokenPairs } from './token-pairs.ts';
import { benchTrainStep, type TrainStepBench } from './train-step.ts';
import { yardstick, type YardstickSize } from './yardstick.ts';

export interface TrainStepRequest {
  readonly size: YardstickSize;
  readonly pairs: string;
  readonly pairsPerStep: number;
  readonly steps: number;
  readonly threads: number;
  readonly device: Device | 'auto';
  /** Longest prompt with one response; null = as the yardstick has it. */
  readonly contextLength: number | null;
  /** First steps that are taken once more, for their losses and where their time goes. */
  readonly profiledSteps: number;
}

/** What the parent gets: the measurement, or what a person should know of its failure. */
export type TrainStepAnswer =
  | { readonly result: TrainStepBench }
  | {
      readonly failure: { readonly message: string; readonly hint: string | null; readonly exitCode: ExitCode | null };
    };

async function measure(): Promise<TrainStepAnswer> {
  const { size, pairs, device, contextLength, ...request } = JSON.parse(process.argv[2] ?? '{}') as TrainStepRequest;
  const { executor } = await openExecutor(device);
  const model = { ...yardstick(size), ...(contextLength !== null && { contextLength }) };
  return { result: await benchTrainStep({ model, executor, rows: readTokenPairs(pairs), ...request }) };
}

function failureOf(error: unknown): TrainStepAnswer {
  const told = error instanceof UserError ? error : null;
  const message = error instanceof Error ? error.message : String(error);
  return { failure: { message, hint: told?.hint ?? null, exitCode: told?.exitCode ?? null } };
}

const answer = await measure().catch(failureOf);
process.send?.(answer, undefined, undefined, () => process.disconnect());
