import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { scoreResponses, type RewardModel, type ScoredQuestion } from '../../harness/score/index.ts';
import {
  initParameters,
  masksOf,
  packerFor,
  ropeFeeds,
  ropeLengthOf,
  batchFeeds,
  declareBatch,
  declareParameters,
  hiddenStates,
  tokenScores,
  modelConfig,
  type ModelConfig,
} from '../../harness/model/index.ts';
import { programOf } from '../../harness/graph/index.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { modelSchema } from '../../harness/spec/index.ts';

const vocabSize = 29;
const caches = [1, 2].map((threads) => new SessionCache(onnxruntimeCpu(), { threads, capacity: 20 }));
const reference = new SessionCache(referenceExecutor(), { threads: 1, capacity: 20 });
afterAll(async () => {
  for (const cache of [...caches, reference]) await cache.release();
});

const stream = randomStream(3, 'questions');
const tokens = (length: number): Int32Array => Int32Array.from({ length }, () => stream.integer(vocabSize));
const upTo = (longest: number): Int32Array => tokens(1 + stream.integer(longest));
/**
 * Lengths on both sides of the padded length 64 and of one attention row, a prompt of no tokens, equal prompts, and
 * equal responses.
 */
const questions: readonly ScoredQuestion[] = [
  ...Array.from({ length: 8 }, (_, index) => ({
    prompt: upTo(40),
    responses: Array.from({ length: 1 + (index % 4) }, () => upTo(50)),
  })),
  { prompt: upTo(70), responses: [upTo(90), upTo(5)] },
  { prompt: new Int32Array(0), responses: [upTo(9), upTo(9)] },
];
const shared = tokens(20);
const twice = [
  { prompt: shared, responses: [tokens(3), tokens(4)] },
  { prompt: shared.slice(), responses: [tokens(5)] },
];

/** Widths that threads would cut differently for few tokens than for many (see `leastSizes`). */
const shapes = {
  hiddenSize: 128,
  layers: 2,
  heads: 4,
  intermediateSize: 160,
  contextLength: 192,
  initStandardDeviation: 0.1,
} as const;
const families = [
  ['qwen2', 2],
  ['llama', 1],
  ['gemma2', 2],
  ['gpt2', 4],
  ['gpt-neox', 4],
] as const;
const usualModels: readonly ModelConfig[] = families.flatMap(([family, keyValueHeads], index) =>
  (index === 0 ? (['last', 'mean'] as const) : (['last'] as const)).map((rewardPooling) =>
    modelConfig({
      model: modelSchema.parse({ ...shapes, name: family, family, keyValueHeads, rewardPooling }),
      vocabSize,
    }),
  ),
);

/** Windows that end within a row of 64 queries and beyond, in some layers and in all; angles that follow from a row. */
const others = [
  ['gemma2', 'last', { slidingWindow: 24 }],
  ['mistral', 'mean', { slidingWindow: 70 }],
  ['mistral', 'last', { slidingWindow: 30, ropeScaling: { kind: 'dynamic', factor: 4, originalContextLength: 48 } }],
] as const;
const models: readonly ModelConfig[] = [
  ...usualModels,
  ...others.map(([family, rewardPooling, constants]) =>
    modelConfig({
      model: modelSchema.parse({ ...shapes, name: family, family, keyValueHeads: 2, rewardPooling, constants }),
      vocabSize,
    }),
  ),
];

describe.each(models)('scoreResponses, $family, $rewardPooling pooling, constants $constants', (model) => {
  const parameters = initParameters(model, 1);
  const rewardOn = (cache: SessionCache): RewardModel => ({ model, parameters, sessions: cache });
  const alone = async (cache: SessionCache, { prompt, responses }: ScoredQuestion): Promise<Float32Array> => {
    const rewards: number[] = [];
    for (const response of responses)
      rewards.push((await scoreResponses(rewardOn(cache), [{ prompt, responses: [response] }]))[0]?.[0] ?? NaN);
    return Float32Array.from(rewards);
  };

  it('gives the same bits alone and in any batch, with one thread and with two', async () => {
    const together = await scoreResponses(rewardOn(caches[0] as SessionCache), questions);
    for (const cache of caches) {
      for (const [index, question] of questions.entries())
        expect(await alone(cache, question), `question ${index}`).toEqual(together[index]);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 700 }),
          fc.shuffledSubarray(
            questions.map((_, index) => index),
            { minLength: 1 },
          ),
          fc.boolean(),
          async (tokensPerBatch, order, isReversed) => {
            const some = order
              .map((index) => questions[index] as ScoredQuestion)
              .map(({ prompt, responses }) => ({ prompt, responses: isReversed ? responses.toReversed() : responses }));
            const rewards = await scoreResponses(rewardOn(cache), some, { tokensPerBatch });
            expect(rewards.map((row) => (isReversed ? row.toReversed() : row))).toEqual(
              order.map((index) => together[index]),
            );
          },
        ),
        { numRuns: 6, seed: 1 },
      );
    }
  });

  it('agrees with rows that hold one response each, in float64', async () => {
    const narrow = { ...model, hiddenSize: 32, intermediateSize: 40 };
    const values = initParameters(narrow, 1);
    const few = questions.slice(5, 8);
    const found = await scoreResponses({ model: narrow, parameters: values, sessions: caches[0] as SessionCache }, few);
    for (const [index, { prompt, responses }] of few.entries()) {
      for (const [inQuestion, response] of responses.entries())
        expect(found[index]?.[inQuestion]).toBeCloseTo(await rewardAlone(narrow, values, prompt, response), 5);
    }
  });
});

/** The way training packs a row, not the way scoring does: two implementations of one reward. */
async function rewardAlone(
  model: ModelConfig,
  parameters: NonNullable<RewardModel['parameters']>,
  prompt: Int32Array,
  response: Int32Array,
): Promise<number> {
  const { session, done } = await reference.acquire(JSON.stringify(model), () => {
    const declared = declareParameters(model);
    return programOf({
      outputs: { scores: tokenScores(declared, hiddenStates(model, declared, declareBatch())) },
      state: Object.entries(declared).map(([name, tensor]) => ({ name, input: tensor, next: tensor })),
    });
  });
  session.setState(parameters);
  const packed = packerFor(model).pack([{ prompt, responses: [response] }]);
  const positions = prompt.length + response.length;
  const { scores } = await session.run({
    ...batchFeeds(packed, 0, masksOf(model)),
    ...ropeFeeds(model, { positions, ropeLength: ropeLengthOf(model, positions) }),
  });
  done();
  const own = [...(scores ?? [])].slice(prompt.length);
  return model.rewardPooling === 'last' ? (own.at(-1) ?? NaN) : own.reduce((sum, score) => sum + score, 0) / own.length;
}

describe('what stands together', () => {
  const model = models[0] as ModelConfig;
  const reward = {
    model,
    parameters: initParameters(model, 1),
    sessions: caches[0] as SessionCache,
  };
  const computed = async (some: readonly ScoredQuestion[]): Promise<number> => {
    let sum = 0;
    await scoreResponses(reward, some, {
      onBatch: (count) => {
        sum += count;
      },
    });
    return sum;
  };

  it('computes a prompt once for all questions that share it, and an equal response once', async () => {
    expect(await computed(twice)).toBe(20 + 3 + 4 + 5);
    expect(await computed([...twice, ...twice])).toBe(20 + 3 + 4 + 5);
  });

  it('computes a prompt once more for each length of a row whose angles depend on it', async () => {
    const model = models.at(-1) as ModelConfig;
    const lengthy = { ...reward, model, parameters: initParameters(model, 1) };
    const prompt = tokens(40);
    const counts: number[] = [];
    const one = (...lengths: readonly number[]): Promise<unknown> =>
      scoreResponses(lengthy, [{ prompt, responses: lengths.map(tokens) }], { onBatch: (count) => counts.push(count) });
    await one(5, 7, 8); // Within the original context of 48 tokens: one batch.
    await one(9, 9); // 49 tokens each.
    await one(9, 10);
    expect(counts).toEqual([40 + 20, 40 + 18, 40 + 10, 40 + 9]);
  });

  it('refuses an empty response and one over the context length by name', async () => {
    await expect(scoreResponses(reward, [{ prompt: tokens(3), responses: [new Int32Array(0)] }])).rejects.toThrow(
      'question 0: response 0 is empty',
    );
    await expect(
      scoreResponses(reward, [...twice, { prompt: tokens(100), responses: [tokens(5), tokens(93)] }]),
    ).rejects.toThrow('question 2: prompt + response 1 is 193 tokens, over the context length 192');
  });
});
