import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../harness/engine/index.ts';
import {
  generateResponses,
  type GenerateOptions,
  type LanguageModel,
  type Prompt,
} from '../../harness/generate/index.ts';
import type { SamplingWithEnd } from '../../harness/generate/index.ts';
import { modelConfig } from '../../harness/model/index.ts';
import { modelSchema } from '../../harness/spec/index.ts';
import { titled, vocabSize } from '../model/tiny-models.ts';
import { fullLogits, languageModel, models, randomPrompts } from './generation-fixture.ts';

const greedy: SamplingWithEnd = { temperature: 0, topP: 1, maxTokens: 70, seed: 1, endToken: -1 };
const sampled: SamplingWithEnd = { ...greedy, temperature: 0.8, topP: 0.9 };

/** Responses with the bits of every next-token value they were taken from, one text a prompt. */
async function traced(
  language: LanguageModel,
  prompts: readonly Prompt[],
  sampling: SamplingWithEnd,
  options: GenerateOptions = {},
): Promise<readonly string[]> {
  const bits = prompts.map(() => [] as string[]);
  const onNext = (prompt: number, next: Float32Array): void => {
    bits[prompt]!.push(Buffer.from(next.slice().buffer).toString('base64'));
  };
  const responses = await generateResponses(language, prompts, sampling, { ...options, onNext });
  return responses.map(({ tokens, finish }, index) => [finish, tokens.join(' '), ...bits[index]!].join('\n'));
}

describe.each(models.map(titled))('generation of $title', ({ model }) => {
  it('takes the tokens that whole forward passes without a cache take', async () => {
    const language = languageModel(model);
    const prompts = randomPrompts([1, 5, 63, 64, 65, 90]);
    const logits = prompts.map(() => [] as Float32Array[]);
    const responses = await generateResponses(language, prompts, greedy, {
      onNext: (prompt, next) => logits[prompt]!.push(next.slice()),
    });
    for (const [index, { tokens: prompt }] of prompts.entries()) {
      const { tokens } = responses[index]!;
      expect(tokens).toHaveLength(Math.min(70, 160 - prompt.length));
      const full = await fullLogits(language, Int32Array.of(...prompt, ...tokens));
      for (const [step, found] of logits[index]!.entries()) {
        const place = (prompt.length - 1 + step) * vocabSize;
        const expected = full.subarray(place, place + vocabSize);
        expect(largestGap(found, expected)).toBeLessThan(1e-5);
        expect(tokens[step]).toBe(expected.indexOf(Math.max(...expected)));
      }
    }
  });

  it('gives each prompt the same bits alone and among others', async () => {
    const language = languageModel(model);
    const prompts = randomPrompts([4, 64, 9, 70, 1, 33, 12]);
    const few = { ...sampled, maxTokens: 20 };
    const together = await traced(language, prompts, few);
    for (const [index, prompt] of prompts.entries())
      expect(await traced(language, [prompt], few)).toEqual([together[index]]);
  });

  it('agrees with the reference executor', async () => {
    const prompts = randomPrompts([3, 17]);
    const few = { ...sampled, maxTokens: 6 };
    const reference = languageModel(model, { executor: referenceExecutor() });
    expect(await generateResponses(languageModel(model), prompts, few)).toEqual(
      await generateResponses(reference, prompts, few),
    );
  });
});

describe('generation', () => {
  /** Wide enough that ONNX Runtime cuts products among threads and into blocks. */
  const wide = modelConfig({
    model: modelSchema.parse({
      name: 'wide',
      family: 'qwen2',
      hiddenSize: 288,
      layers: 2,
      heads: 4,
      keyValueHeads: 1,
      intermediateSize: 544,
      contextLength: 256,
      initStandardDeviation: 0.1,
    }),
    vocabSize: 300,
  });
  const prompts = randomPrompts(
    Array.from({ length: 64 }, (_, index) => 1 + ((index * 7) % 80)),
    wide.vocabSize,
  );
  const short = { ...sampled, maxTokens: 10, endToken: 7 };

  it.each([1, 2])('has the same bits in batches of 1, 7 and 64 and in any order, with %i threads', async (threads) => {
    const language = languageModel(wide, { threads });
    const whole = await traced(language, prompts, short);
    expect(await traced(language, prompts, short, { batch: 7 })).toEqual(whole);
    expect((await traced(language, prompts.toReversed(), short, { batch: 13 })).toReversed()).toEqual(whole);
    expect(await traced(language, prompts.slice(0, 9), short, { batch: 1 })).toEqual(whole.slice(0, 9));
    expect(new Set(whole.map((text) => text.split('\n')[0]))).toEqual(new Set(['end', 'length']));
  });

  it('has the same bits with any number of threads', async () => {
    const [one, two] = [languageModel(wide), languageModel(wide, { threads: 2 })];
    expect(await traced(one, prompts.slice(0, 20), short)).toEqual(await traced(two, prompts.slice(0, 20), short));
  });
});

describe('a response', () => {
  const model = models[0]!;
  const language = languageModel(model);
  const one = (sampling: Partial<SamplingWithEnd>, prompts = randomPrompts([5]), options: GenerateOptions = {}) =>
    generateResponses(language, prompts, { ...greedy, ...sampled, maxTokens: 12, ...sampling }, options);

  it('ends before the end token, and is the beginning of what goes on without one', async () => {
    const [whole] = await one({});
    const endToken = whole!.tokens[7]!;
    const end = whole!.tokens.indexOf(endToken);
    expect(await one({ endToken })).toEqual([{ tokens: whole!.tokens.slice(0, end), finish: 'end' }]);
  });

  it('fits the context with its prompt', async () => {
    const responses = await one({ maxTokens: 50 }, randomPrompts([150, 159, 160]));
    expect(responses.map(({ tokens, finish }) => [tokens.length, finish])).toEqual([
      [10, 'length'],
      [1, 'length'],
      [0, 'length'],
    ]);
  });

  it('follows from the seed and the key of its prompt', async () => {
    const [{ tokens }] = randomPrompts([9]) as [Prompt];
    const keyed = ['a', 'b', 'c', 'a'].map((key) => ({ key, tokens }));
    const [a, b, c, again] = await one({}, keyed);
    expect(again).toEqual(a);
    expect(new Set([a, b, c].map((response) => response!.tokens.join())).size).toBe(3);
    expect((await one({}, keyed.slice(1, 2)))[0]).toEqual(b);
    expect((await one({ seed: 2 }, keyed))[0]).not.toEqual(a);
  });

  it('is counted when it is finished, and nothing is generated after an abort', async () => {
    const counts: number[] = [];
    await one({}, randomPrompts([3, 4, 5]), { batch: 2, onProgress: (done) => counts.push(done) });
    expect(counts).toEqual([1, 2, 3]);
    const stop = new AbortController();
    const taken: number[] = [];
    const run = one({}, randomPrompts([3]), {
      signal: stop.signal,
      onNext: (prompt) => void (taken.push(prompt) === 4 && stop.abort(new Error('enough'))),
    });
    await expect(run).rejects.toThrow('enough');
    expect(taken).toHaveLength(4);
  });

  it.each([
    [[], /prompt 0: it has no tokens/],
    [Array.from({ length: 161 }, () => 1), /prompt 0: 161 tokens, over 160, the context of the model/],
    [[1, vocabSize], /prompt 0: token 13 is not among 13/],
  ] as const)('is refused for the wrong prompt (%#)', async (tokens, message) => {
    await expect(one({}, [{ key: 'wrong', tokens: Int32Array.from(tokens) }])).rejects.toThrow(message);
  });

  it('is refused for a model without an LM head', async () => {
    const untied = models.find(({ family }) => family === 'llama')!;
    const { 'lm_head.weight': _head, ...parameters } = languageModel(untied).parameters;
    await expect(
      generateResponses({ ...languageModel(untied), parameters }, randomPrompts([2]), greedy),
    ).rejects.toThrow('lm_head.weight is missing');
  });
});

function largestGap(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}
