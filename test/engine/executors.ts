/**
 * The executors that the contract suites walk: those that this machine has. What it lacks is printed, with the reason.
 */
import {
  describeDevices,
  onnxruntimeCpu,
  openExecutor,
  referenceExecutor,
  type Executor,
} from '../../harness/engine/index.ts';
import { portable, tfjsOn } from './tfjs-backends.ts';

type NamedExecutor = readonly [name: string, executor: Executor];

const onnxDevices = ['webgpu', 'cuda'] as const;

export const onnxExecutors: readonly NamedExecutor[] = [named(onnxruntimeCpu()), ...(await onDevices())];
export const executors: readonly NamedExecutor[] = [
  named(referenceExecutor()),
  ...onnxExecutors,
  ...(await Promise.all(portable.map(tfjsOn))).map(named),
];

/** Those that keep state on a device of their own. */
export const deviceExecutors: readonly NamedExecutor[] = onnxExecutors.slice(1);

async function onDevices(): Promise<NamedExecutor[]> {
  const descriptions = await describeDevices();
  const found: NamedExecutor[] = [];
  for (const device of onnxDevices) {
    const description = descriptions.find((other) => other.device === device);
    if (description?.available === true) found.push(named((await openExecutor(device)).executor));
    else console.log(`skipped: ${device} is not available: ${description?.detail}`);
  }
  return found;
}

function named(executor: Executor): NamedExecutor {
  return [executor.name, executor];
}
