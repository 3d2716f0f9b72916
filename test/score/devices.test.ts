import { describe, expect, it } from 'vitest';
import { describeDevices, openExecutor } from '../../harness/engine/index.ts';
import { OneSession, scoreResponses } from '../../harness/score/index.ts';
import { initParameters, modelConfig } from '../../harness/model/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { modelSchema } from '../../harness/spec/index.ts';

const devices = await describeDevices();
const vocabSize = 40;
const model = modelConfig({
  model: modelSchema.parse({
    name: 'tiny',
    family: 'gemma2',
    hiddenSize: 64,
    layers: 2,
    heads: 4,
    keyValueHeads: 2,
    intermediateSize: 96,
    contextLength: 128,
    initStandardDeviation: 0.1,
  }),
  vocabSize,
});
const parameters = initParameters(model, 1);
const stream = randomStream(3, 'questions');
const tokens = (longest: number): Int32Array =>
  Int32Array.from({ length: 1 + stream.integer(longest) }, () => stream.integer(vocabSize));
const questions = Array.from({ length: 6 }, () => ({
  prompt: tokens(40),
  responses: [tokens(50), tokens(50), tokens(9)],
}));

async function rewardsOn(device: 'cpu' | 'webgpu' | 'tfjs', tokensPerBatch: number): Promise<number[]> {
  const sessions = new OneSession((await openExecutor(device)).executor, { threads: 1 });
  try {
    return (await scoreResponses({ model, parameters, sessions }, questions, { tokensPerBatch })).flatMap((row) => [
      ...row,
    ]);
  } finally {
    await sessions.release();
  }
}

describe.each(['webgpu', 'tfjs'] as const)('rewards on %s', (device) => {
  const found = devices.find((one) => one.device === device);
  if (found?.available !== true) console.warn(`skipped: ${device}: ${found?.detail ?? 'unknown'}`);

  // Gains of a reward model lie in the second decimal; 1e-5 is what two orders of summation differ by, with room.
  it.skipIf(found?.available !== true)(
    'are those of the CPU up to rounding, in any batch',
    { timeout: 60_000 },
    async () => {
      const expected = await rewardsOn('cpu', 2000);
      for (const tokensPerBatch of [2000, 100])
        for (const [index, reward] of (await rewardsOn(device, tokensPerBatch)).entries())
          expect(Math.abs(reward - (expected[index] as number))).toBeLessThan(1e-5);
    },
  );
});
