/**
 * The entry of a process that measures the training step once and sends the result to its parent: a fresh process for
 * every round of a comparison.
 */
import { openExecutor, type Device } from '../engine/index.ts';
import { readTokenPairs } from './token-pairs.ts';
import { benchTrainStep } from './train-step.ts';
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

const { size, pairs, device, contextLength, ...request } = JSON.parse(process.argv[2] ?? '{}') as TrainStepRequest;
const { executor } = await openExecutor(device);
const model = { ...yardstick(size), ...(contextLength !== null && { contextLength }) };
const result = await benchTrainStep({ model, executor, rows: readTokenPairs(pairs), ...request });
process.send?.(result, undefined, undefined, () => process.disconnect());
