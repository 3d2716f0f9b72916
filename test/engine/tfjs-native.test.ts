/**
 * The native tfjs packages, where `harness doctor --install` has built them: every operation, training and scoring of
 * every family, and memory.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { onnxruntimeCpu, referenceExecutor, type Executor } from '../../harness/engine/index.ts';
import type { ModelConfig } from '../../harness/model/index.ts';
import { scoreResponses } from '../../harness/score/index.ts';
import { plainTraining, SessionCache, type TrainOptions } from '../../harness/train/index.ts';
import { largestDifference } from '../graph/finite-differences.ts';
import { allCases } from '../graph/op-cases.ts';
import { bumpyParameters, tinyFamilies, titled } from '../model/tiny-models.ts';
import { optimizer } from '../train/run-options.ts';
import { expectReferenceValues } from './operation-contract.ts';
import { expectFlatMemory, fewPairs, lossesOf } from './short-runs.ts';
import { nativeBuilds, tfjsFrom } from './tfjs-backends.ts';

const caches: SessionCache[] = [];
afterAll(() => Promise.all(caches.map((cache) => cache.release())));
function sessionsOf(executor: Executor): SessionCache {
  const cache = new SessionCache(executor, { threads: 1, capacity: 16 });
  caches.push(cache);
  return cache;
}

const losses = (
  executor: Executor,
  model: ModelConfig,
  steps: number,
  changes: Partial<TrainOptions> = {},
): Promise<number[]> => lossesOf(model, sessionsOf(executor), steps, changes);

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
    const questions = fewPairs.map(({ prompt, chosen, rejected }) => ({
      prompt,
      responses: [chosen, rejected, prompt],
    }));
    const rewards = async (on: Executor): Promise<number[]> => {
      const given = { model, parameters: bumpyParameters(model), sessions: sessionsOf(on) };
      return (await scoreResponses(given, questions)).flatMap((row) => [...row]);
    };
    expect(largestDifference(await rewards(executor), await rewards(referenceExecutor()))).toBeLessThan(1e-5);
  });

  test('keeps its memory over 200 steps: states are replaced, not piled up', () => expectFlatMemory(executor));

  test('keeps its memory over 200 training steps of a model', async () => {
    const model: ModelConfig = { ...tinyFamilies[0]!, hiddenSize: 64, intermediateSize: 256, vocabSize: 2048 };
    await losses(executor, model, 20);
    const before = process.memoryUsage.rss();
    await losses(executor, model, 200);
    expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(60);
  });
});
