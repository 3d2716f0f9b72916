/**
 * The entry of a process that measures the engine's step once and sends the result to its parent: a fresh process for
 * every round of a comparison.
 */
import { benchEngineStep, referenceSize } from './engine-step.ts';

const [threads, steps] = process.argv.slice(2).map(Number);
process.send?.(
  await benchEngineStep({ size: referenceSize, threads: threads ?? 1, steps: steps ?? 1 }),
  undefined,
  undefined,
  () => process.disconnect(),
);
