/**
 * The native tfjs packages, where `harness doctor --install` has built them: every operation, training and scoring of
 * every family, and memory.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { onnxruntimeCpu, referenceExecutor, type Executor } from '../../harness/engine/index.ts';
import * as g from '../../harness/graph/index.ts';
import type { ModelConfig } from '../../harness/model/index.ts';
import { scoreResponses } from '../../harness/score/index.ts';
import { batchOrder, initialState, plainTraining, SessionCache, type TrainOptions } from '../../harness/train/index.ts';
import { largestDifference } from '../graph/finite-differences.ts';
import { allCases } from '../graph/op-cases.ts';
import { bumpyParameters, randomPairs, tinyFamilies, titled } from '../model/tiny-models.ts';
import { collect } from '../train/collect.ts';
import { expectReferenceValues } from './operation-contract.ts';
import { nativeBuilds, tfjsFrom } from './tfjs-backends.ts';

const optimizer = {
  kind: 'adamw',
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clipNorm: 1,
  momentStorage: null,
  ema: null,
} as const;
const pairs = randomPairs(16, 11);
const order = batchOrder({
  seed: 5,
  pairsPerStep: 4,
  lengths: pairs.map((pair) => pair.prompt.length + pair.chosen.length + pair.rejected.length),
});

const caches: SessionCache[] = [];
afterAll(() => Promise.all(caches.map((cache) => cache.release())));
function sessionsOf(executor: Executor): SessionCache {
  const cache = new SessionCache(executor, { threads: 1, capacity: 16 });
  caches.push(cache);
  return cache;
}

async function losses(
  executor: Executor,
  model: ModelConfig,
  steps: number,
  changes: Partial<TrainOptions> = {},
): Promise<number[]> {
  const { metric } = await collect({
    model,
    optimizer,
    sessions: sessionsOf(executor),
    toStep: steps,
    state: initialState(bumpyParameters(model)),
    objective: { pairwiseWeight: 1, lmWeight: 1 },
    learningRateAt: () => optimizer.learningRate,
    batchAt: (step) => order.at(step).flatMap((index) => pairs[index] ?? []),
    logEverySteps: 1,
    shouldCheckpoint: () => false,
    signal: new AbortController().signal,
    ...changes,
  });
  return Array.from({ length: steps }, (_, index) => metric(index + 1, 'train/loss') ?? NaN);
}

const cpu = onnxruntimeCpu();
const native = await Promise.all(
  nativeBuilds.map(
    async (build) => [`${build.package}, TensorFlow ${build.tensorflow}`, await tfjsFrom(build)] as const,
  ),
);
/** A file without any test fails; skipped ones are shown as such. */
const walked: readonly (readonly [string, Executor])[] = native.length > 0 ? native : [['no build is here', cpu]];

describe.skipIf(nativeBuilds.length === 0).each(walked)('%s', (_, executor) => {
  test.each(allCases.map(({ kind, opCase }) => [`${kind}: ${opCase.title}`, opCase] as const))(
    'gives the values and gradients of the float64 reference: %s',
    (_title, opCase) => expectReferenceValues(executor, opCase),
  );

  test.each(tinyFamilies.map(titled))('takes the losses of ONNX Runtime over 20 steps of $title', async ({ model }) => {
    const [found, expected] = [await losses(executor, model, 20), await losses(cpu, model, 20)];
    expect(largestDifference(found, expected)).toBeLessThan(1e-4);
    // It learned: equal losses of a model that stands still would prove little.
    expect(expected.at(-1)).toBeLessThan(expected[0]!);
  });

  test('takes them with micro-batches, shared prompts, averaged weights and reward centering', async () => {
    const features = { ...plainTraining, pairsPerMicroBatch: 2, sharePrompts: true as const, rewardCentering: 0.01 };
    const changes = { features, optimizer: { ...optimizer, ema: { decay: 0.9 } } };
    const [found, expected] = [
      await losses(executor, tinyFamilies[0]!, 8, changes),
      await losses(cpu, tinyFamilies[0]!, 8, changes),
    ];
    expect(largestDifference(found, expected)).toBeLessThan(1e-4);
  });

  // ONNX Runtime's differ from them by up to 6.4e-6 (olmo2), these by 7.0e-6 (olmo3).
  test.each(tinyFamilies.map(titled))('gives the rewards of the reference to 1e-5: $title', async ({ model }) => {
    const questions = pairs.map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected, prompt] }));
    const rewards = async (on: Executor): Promise<number[]> => {
      const given = { model, parameters: bumpyParameters(model), sessions: sessionsOf(on) };
      return (await scoreResponses(given, questions)).flatMap((row) => [...row]);
    };
    expect(largestDifference(await rewards(executor), await rewards(referenceExecutor()))).toBeLessThan(1e-5);
  });

  test('keeps its memory over 200 steps: states are replaced, not piled up', async () => {
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
    await session.release();
  });

  test('keeps its memory over 200 training steps of a model', async () => {
    const model: ModelConfig = { ...tinyFamilies[0]!, hiddenSize: 64, intermediateSize: 256, vocabSize: 2048 };
    await losses(executor, model, 20);
    const before = process.memoryUsage.rss();
    await losses(executor, model, 200);
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(60);
  });
});
