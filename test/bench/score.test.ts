import { expect, it } from 'vitest';
import { benchScore } from '../../harness/bench/index.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { initParameters, modelConfig } from '../../harness/model/index.ts';
import { modelSchema } from '../../harness/spec/index.ts';

it('measures three ways that give the same rewards, and counts a shared prompt once', async () => {
  const architecture = modelSchema.parse({
    name: 'tiny',
    family: 'llama',
    hiddenSize: 16,
    layers: 1,
    heads: 2,
    keyValueHeads: 2,
    intermediateSize: 24,
    contextLength: 64,
    initStandardDeviation: 0.3,
  });
  const model = modelConfig({ model: architecture, vocabSize: 40 });
  const workload = { questions: 3, candidates: 4, promptTokens: [10, 10], candidateTokens: [5, 5] } as const;
  const result = await benchScore({
    model,
    parameters: initParameters(model, 1),
    executor: onnxruntimeCpu(),
    threads: 1,
    rounds: 3,
    workload,
  });
  expect(result).toMatchObject({ candidates: 12, tokens: 3 * (10 + 4 * 5) });
  expect(result.variants.map(({ name }) => name)).toEqual(['padded', 'bucketed', 'shared']);
  for (const { rewardDifference, candidatesPerSecond, range, gainRange, gain } of result.variants) {
    expect(rewardDifference).toBeLessThan(1e-5);
    expect(range[0]).toBeLessThanOrEqual(candidatesPerSecond);
    expect(candidatesPerSecond).toBeLessThanOrEqual(range[1]);
    expect(gain).toBeGreaterThanOrEqual(gainRange[0]);
  }
  expect(result.tokensPerSecond / result.candidatesPerSecond).toBeCloseTo(result.tokens / result.candidates, 6);
});
