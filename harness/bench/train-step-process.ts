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
}

const { size, pairs, device, ...request } = JSON.parse(process.argv[2] ?? '{}') as TrainStepRequest;
const { executor } = await openExecutor(device);
const result = await benchTrainStep({ model: yardstick(size), executor, rows: readTokenPairs(pairs), ...request });
process.send?.(result, undefined, undefined, () => process.disconnect());
