/** Training runs of tiny models that devices are compared on, and what must not grow while they run. */
import { expect } from 'vitest';
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import type { Executor } from '../../harness/engine/index.ts';
import * as g from '../../harness/graph/index.ts';
import type { ModelConfig } from '../../harness/model/index.ts';
import { batchOrder, initialState, type SessionCache, type TrainOptions } from '../../harness/train/index.ts';
import { bumpyParameters, randomPairs } from '../model/tiny-models.ts';
import { collect } from '../train/collect.ts';
import { optimizer } from '../train/run-options.ts';

/** Few pairs, seen five times each in 20 steps, so that there is something to learn. */
export const fewPairs = randomPairs(16, 11);

/** Four pairs a step, both losses, every step logged. */
export function shortRun(
  model: ModelConfig,
  { pairs, sessions, toStep }: { readonly pairs: readonly EncodedPair[] } & Pick<TrainOptions, 'sessions' | 'toStep'>,
  changes: Partial<TrainOptions> = {},
): TrainOptions {
  const lengths = pairs.map((pair) => pair.prompt.length + pair.chosen.length + pair.rejected.length);
  const order = batchOrder({ seed: 5, pairsPerStep: 4, lengths });
  return {
    model,
    optimizer,
    sessions,
    toStep,
    state: initialState(bumpyParameters(model)),
    objective: { pairwiseWeight: 1, lmWeight: 1 },
    learningRateAt: () => optimizer.learningRate,
    batchAt: (step) => order.at(step).flatMap((index) => pairs[index] ?? []),
    logEverySteps: 1,
    shouldCheckpoint: () => false,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** The loss of each step of a run on few pairs. */
export async function lossesOf(
  model: ModelConfig,
  sessions: SessionCache,
  toStep: number,
  changes: Partial<TrainOptions> = {},
): Promise<number[]> {
  return await lossesIn(shortRun(model, { pairs: fewPairs, sessions, toStep }, changes));
}

export async function lossesIn(run: TrainOptions): Promise<number[]> {
  const { metric } = await collect(run);
  return Array.from({ length: run.toStep }, (_, index) => metric(index + 1, 'train/loss') ?? NaN);
}

/** States are replaced, not piled up. A software driver's memory is this process's own. */
export async function expectFlatMemory(executor: Executor): Promise<void> {
  // 4 MiB of state: 200 leaked copies would be 800 MiB.
  const size = 2 ** 20;
  const value = g.input('value', [size]);
  const next = g.add(value, g.input('change', []));
  const session = await executor.compile(
    g.programOf({ outputs: { first: g.slice(next, 0, 0, 1) }, state: [{ name: 'value', input: value, next }] }),
  );
  const steps = async (count: number): Promise<number> => {
    for (let step = 0; step < count; step++) await session.run({ change: 1 });
    return process.memoryUsage.rss() / 2 ** 20;
  };
  const before = await steps(20);
  expect((await steps(200)) - before).toBeLessThan(100);
  expect((await session.getState())['value']?.[size - 1]).toBe(220);
  for (let round = 0; round < 20; round++) session.setState({ value: new Float32Array(size) });
  expect((await session.run({ change: 2 }))['first']).toEqual(Float32Array.of(2));
  await session.release();
}
