/** The executors that the contract suites walk: those that this machine has. What it lacks is printed once, with the reason. */
import { describeDevices, onnxruntimeCpu, openExecutor, referenceExecutor, type Executor } from '../../harness/engine/index.ts';
import { portable, tfjsOn } from './tfjs-backends.ts';

const onnxDevices = ['webgpu', 'cuda'] as const;

export const executors: readonly (readonly [name: string, executor: Executor])[] = await found();

async function found(): Promise<[string, Executor][]> {
  const all: Executor[] = [referenceExecutor(), onnxruntimeCpu(), ...(await Promise.all(portable.map(tfjsOn)))];
  const descriptions = await describeDevices();
  for (const device of onnxDevices) {
    const description = descriptions.find((other) => other.device === device);
    if (description?.available === true) all.push((await openExecutor(device)).executor);
    else console.log(`skipped: ${device} is not available: ${description?.detail}`);
  }
  return all.map((executor) => [executor.name, executor]);
}
