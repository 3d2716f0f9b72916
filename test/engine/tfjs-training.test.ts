/** Whole training runs and whole evaluations over tfjs give what ONNX Runtime on the CPU gives. */
import { afterAll, describe, expect, test } from 'vitest';
import { onnxruntimeCpu, type Executor } from '../../harness/engine/index.ts';
import { scoreResponses } from '../../harness/score/score-responses.ts';
import { randomStream } from '../../harness/random/index.ts';
import { plainTraining, SessionCache, type TrainOptions } from '../../harness/train/index.ts';
import { bumpyParameters, tinyFamilies, titled, vocabSize } from '../model/tiny-models.ts';
import { optimizer } from '../train/run-options.ts';
import { lossesOf } from './short-runs.ts';
import { portable, tfjsOn } from './tfjs-backends.ts';
import type { ModelConfig } from '../../harness/model/index.ts';

const STEPS = 20;
const caches: SessionCache[] = [];
afterAll(() => Promise.all(caches.map((cache) => cache.release())));
const sessionsOf = (executor: Executor): SessionCache => {
  const cache = new SessionCache(executor, { threads: 1, capacity: 16 });
  caches.push(cache);
  return cache;
};

const judge = sessionsOf(onnxruntimeCpu());

const losses = (
  model: ModelConfig,
  sessions: SessionCache,
  changes: Partial<TrainOptions> = {},
): Promise<readonly number[]> => lossesOf(model, sessions, STEPS, changes);

const stream = randomStream(3, 'questions');
const tokens = (longest: number): Int32Array =>
  Int32Array.from({ length: 1 + stream.integer(longest) }, () => stream.integer(vocabSize));
const questions = Array.from({ length: 6 }, (_, index) => ({
  prompt: tokens(8),
  responses: Array.from({ length: 1 + (index % 6) }, () => tokens(8)),
}));

/** What every backend is compared with, computed once a model. */
const expectedLosses = new Map(tinyFamilies.map((model) => [model, lazily(() => losses(model, judge))]));
const expectedRewards = new Map(tinyFamilies.map((model) => [model, lazily(() => rewards(model, judge))]));

describe.each(portable)('tfjs on %s', (name) => {
  // The stand-in computes as cpu does: two families show that its own paths hold together.
  const trained = name === 'tfjs-node' ? tinyFamilies.slice(0, 2) : tinyFamilies;
  const scored = name === 'wasm' ? tinyFamilies : tinyFamilies.slice(0, 2);

  test.each(trained.map(titled))(
    `the losses of ${STEPS} steps of $title are those of ONNX Runtime to 1e-4`,
    async ({ model }) => {
      const found = await losses(model, sessionsOf(await tfjsOn(name)));
      const expected = await expectedLosses.get(model)!();
      expect(Math.max(...found.map((loss, step) => Math.abs(loss - expected[step]!)))).toBeLessThan(1e-4);
      // It learned, epoch by epoch of four steps: equal losses of a model that stands still would prove little.
      const mean = (from: number): number => expected.slice(from, from + 4).reduce((sum, loss) => sum + loss, 0) / 4;
      expect(mean(STEPS - 4)).toBeLessThan(mean(0) - 0.1);
    },
  );

  test.each(scored.map(titled))('the rewards of $title are those of ONNX Runtime to 1e-5', async ({ model }) => {
    const found = await rewards(model, sessionsOf(await tfjsOn(name)));
    const expected = await expectedRewards.get(model)!();
    const differences = found.flatMap((values, question) =>
      [...values].map((value, index) => Math.abs(value - expected[question]![index]!)),
    );
    expect(differences).toHaveLength(questions.reduce((sum, { responses }) => sum + responses.length, 0));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });
});

test('micro-batches, shared prompts, averaged weights and reward centering: the losses of ONNX Runtime to 1e-4', async () => {
  const model = tinyFamilies[0]!;
  const changes = {
    features: { ...plainTraining, pairsPerMicroBatch: 2, sharePrompts: true as const, rewardCentering: 0.01 },
    optimizer: { ...optimizer, ema: { decay: 0.9 } },
  };
  const [found, expected] = [
    await losses(model, sessionsOf(await tfjsOn('wasm')), changes),
    await losses(model, judge, changes),
  ];
  expect(found.every((loss, step) => Math.abs(loss - expected[step]!) < 1e-4)).toBe(true);
  // Other losses than without them.
  expect(Math.abs(expected[STEPS - 1]! - (await expectedLosses.get(model)!())[STEPS - 1]!)).toBeGreaterThan(1e-3);
});

function lazily<T>(compute: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null;
  return () => (result ??= compute());
}

function rewards(model: ModelConfig, sessions: SessionCache): Promise<readonly Float32Array[]> {
  return scoreResponses({ model, parameters: bumpyParameters(model), sessions }, questions);
}
