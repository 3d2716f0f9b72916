import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor, type Executor, type Values } from '../../harness/engine/index.ts';
import { peakMemoryOf } from '../../harness/graph/index.ts';
import { packerFor, type Row, type ModelConfig } from '../../harness/model/index.ts';
import {
  adamWScalars,
  cutIntoMicroBatches,
  microBatchCount,
  trainFeeds,
  trainProgram,
} from '../../harness/train/index.ts';
import { bumpyParameters, randomPairs, tinyFamilies, titled } from '../model/tiny-models.ts';

const optimizer = {
  kind: 'adamw',
  learningRate: 1e-2,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clipNorm: 1,
  momentStorage: null,
  ema: null,
} as const;
const rows: readonly Row[] = randomPairs(7, 21).map(({ prompt, chosen, rejected }) => ({
  prompt,
  responses: [chosen, rejected],
}));
const released: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const release of released) await release();
});

/** Losses and the state after one update, with the step cut into `count` micro-batches. */
async function afterOneStep(
  executor: Executor,
  model: ModelConfig,
  count: number,
): Promise<{ readonly outputs: Values; readonly state: Values }> {
  const session = await executor.compile(trainProgram(model, 'pairwise+lm', count), { threads: 1 });
  released.push(() => session.release());
  session.setState(bumpyParameters(model));
  const packed = cutIntoMicroBatches(rows, count).map((some) => packerFor(model).pack(some));
  const outputs = await session.run({
    ...trainFeeds(packed, model, 'pairwise+lm'),
    ...adamWScalars(optimizer, optimizer.learningRate, 0),
    pairwiseWeight: 1.3,
    lmWeight: 0.7,
  });
  return { outputs, state: await session.getState() };
}

describe.each(tinyFamilies.map(titled))('a step of $title', ({ model }) => {
  it.each([2, 3, 7])('in %i micro-batches has the losses and gradients of the whole step', async (count) => {
    // In float64 nothing but the order of sums can differ. Adam divides by the root of the second moment, which
    // magnifies rounding where a true gradient is 0, so gradients are compared through the first moment: 0.1 of the
    // clipped gradient after one step.
    const whole = await afterOneStep(referenceExecutor(), model, 1);
    const cut = await afterOneStep(referenceExecutor(), model, count);
    for (const name of ['total', 'pairwise', 'lm', 'gradientNorm'])
      expect(cut.outputs[name]?.[0]).toBeCloseTo(whole.outputs[name]?.[0] ?? Number.NaN, 6);
    const moments = Object.keys(whole.state).filter((name) => name.startsWith('adam.first.'));
    expect(moments.length).toBeGreaterThan(10);
    for (const name of moments) expect(largestDifference(cut.state[name], whole.state[name]), name).toBeLessThan(1e-7);
  });
});

describe('a step in micro-batches', () => {
  it('has one of them in memory at a time', () => {
    const [model] = tinyFamilies as readonly [ModelConfig];
    const bytesOf = (count: number): number => {
      const program = trainProgram(model, 'pairwise+lm', count);
      // Equally many tokens in all, in rows of equal length.
      const sizes = program.symbols.map((symbol) => [symbol, /^[SQ]/.test(symbol) ? 50 : 400 / count] as const);
      return peakMemoryOf(program, Object.fromEntries(sizes)).intermediateBytes;
    };
    expect(bytesOf(4)).toBeLessThan(0.4 * bytesOf(1));
  });
});

describe('a step cut on the engine', () => {
  it('has the losses of the whole step within float32 rounding', async () => {
    const [model] = tinyFamilies as readonly [ModelConfig];
    const whole = await afterOneStep(onnxruntimeCpu(), model, 1);
    const cut = await afterOneStep(onnxruntimeCpu(), model, 3);
    for (const name of ['total', 'pairwise', 'lm'])
      expect(Math.abs((cut.outputs[name]?.[0] ?? Number.NaN) - (whole.outputs[name]?.[0] ?? Number.NaN))).toBeLessThan(
        2e-6,
      );
  });
});

describe('cutIntoMicroBatches', () => {
  it('loses no row, puts similar lengths together and fills all parts alike', () => {
    const cut = cutIntoMicroBatches(rows, 3);
    expect(cut.map((some) => some.length)).toEqual([2, 3, 2]);
    expect(new Set(cut.flat())).toEqual(new Set(rows));
    const lengths = cut
      .flat()
      .map(({ prompt, responses }) => responses.reduce((sum, { length }) => sum + length, prompt.length));
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
  });

  it('leaves one micro-batch as it comes', () => {
    expect(cutIntoMicroBatches(rows, 1)).toEqual([rows]);
  });
});

describe('microBatchCount', () => {
  const of = (hiddenSize: number, ...batches: number[][]): number => microBatchCount({ hiddenSize }, batches);
  const alike = (rows: number, tokens: number): number[] => Array.from({ length: rows }, () => tokens);

  it('keeps hidden states in a cache: more parts for wider models and longer rows, at most eight', () => {
    expect([96, 256, 512, 4096].map((width) => of(width, alike(16, 222)))).toEqual([2, 4, 8, 8]);
    expect([19, 56, 125, 222, 2000].map((tokens) => of(256, alike(16, tokens)))).toEqual([1, 1, 2, 4, 8]);
  });

  it('cuts where rows differ in length, as long as that saves padding', () => {
    expect(of(96, alike(16, 120))).toBe(1);
    expect(of(96, [...alike(8, 40), ...alike(8, 200)])).toBe(2);
    expect(of(96, [...alike(4, 20), ...alike(4, 60), ...alike(4, 120), ...alike(4, 240)])).toBe(4);
  });

  it('goes by the batches together, and makes no empty part', () => {
    expect(of(256, alike(16, 200), alike(16, 10))).toBe(2);
    expect([of(512, alike(3, 2000)), of(512, alike(1, 9000)), of(512, [])]).toEqual([3, 1, 1]);
  });
});

function largestDifference(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined || a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] as number))), 0);
}
