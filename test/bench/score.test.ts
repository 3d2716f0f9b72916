import { expect, it } from 'vitest';
import { benchScore, compareScoreWithPeer, type ScorePeerOptions } from '../../harness/bench/index.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { initParameters, modelConfig } from '../../harness/model/index.ts';
import { modelSchema } from '../../harness/spec/index.ts';
import { pythonWith } from '../python.ts';

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
const tiny = { model, parameters: initParameters(model, 1) };

/** Only where one is named: importing it takes seconds. */
const python = pythonWith('torch, transformers');

it('measures three ways that give the same rewards, and counts a shared prompt once', async () => {
  const workload = { questions: 3, candidates: 4, promptTokens: [10, 10], candidateTokens: [5, 5] } as const;
  const result = await benchScore({
    ...tiny,
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

const besidePeer: ScorePeerOptions = {
  ...tiny,
  folder: null,
  peer: { python: process.execPath, way: 'padded', products: 'torch' },
  // Prompts and candidates of several lengths, so that the peer pads.
  workload: { questions: 3, candidates: 4, promptTokens: [5, 12], candidateTokens: [2, 9] },
  device: 'cpu',
  threads: 1,
  rounds: 1,
};

it('refuses a Python that does not run the peer', async () => {
  await expect(compareScoreWithPeer(besidePeer)).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining('score.py failed') as string,
  });
});

it.skipIf(python === null).each([
  ['padded', 'torch'],
  ['padded', 'onednn'],
  ['cached', 'torch'],
] as const)(
  'transformers gives the same rewards, %s, with products by %s (skipped without HARNESS_PYTHON that has it)',
  async (way, products) => {
    const result = await compareScoreWithPeer({ ...besidePeer, peer: { python: python!, way, products } });
    expect(result.rewardDifference).toBeLessThan(1e-5);
    expect(result.speed.ratioMedian).toBeGreaterThan(0);
    expect(result.theirs.range[0]).toBeLessThanOrEqual(result.theirs.candidatesPerSecond);
  },
  120_000,
);
