/** Attention in blocks of queries against attention at once: the same step but for rounding. */
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor, type Executor, type Values } from '../../harness/engine/index.ts';
import { partsOf, peakMemoryOf } from '../../harness/graph/index.ts';
import { packerFor, type ModelConfig, type Row } from '../../harness/model/index.ts';
import { adamWScalars, cutIntoMicroBatches, plainStep, trainFeeds, trainProgram } from '../../harness/train/index.ts';
import type { ObjectiveParts } from '../../harness/train/pmp-loss.ts';
import { portable, tfjsOn } from '../engine/tfjs-backends.ts';
import { bumpyParameters, randomPairs, tinyFamilies, tinyModels, titled } from '../model/tiny-models.ts';
import { optimizer } from './run-options.ts';

const [qwen2] = tinyModels as readonly [ModelConfig];
const rows: readonly Row[] = randomPairs(7, 21).map(({ prompt, chosen, rejected }) => ({
  prompt,
  responses: [chosen, rejected],
}));
const released: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const release of released) await release();
});

interface Case {
  readonly model: ModelConfig;
  readonly blocks: number;
  readonly parts?: ObjectiveParts;
  readonly microBatches?: number;
}

const all = (blocks: number, microBatches: number): readonly number[] =>
  Array.from({ length: microBatches }, () => blocks);

/** Losses and the state after one update. */
async function afterOneStep(
  executor: Executor,
  { model, blocks, parts = 'pairwise+lm', microBatches = 1 }: Case,
): Promise<Values> {
  const program = trainProgram(model, parts, microBatches, {
    ...plainStep,
    attentionBlocks: all(blocks, microBatches),
  });
  const session = await executor.compile(program, { threads: 1 });
  released.push(() => session.release());
  const kept = new Set(program.state.flatMap((entry) => partsOf(entry).map(({ name }) => name)));
  session.setState(Object.fromEntries(Object.entries(bumpyParameters(model)).filter(([name]) => kept.has(name))));
  const given =
    parts === 'lm' ? rows.map(({ prompt, responses }) => ({ prompt, responses: responses.slice(0, 1) })) : rows;
  const packed = cutIntoMicroBatches(given, microBatches).map((some) => packerFor(model, blocks).pack(some));
  const outputs = await session.run({
    ...trainFeeds(packed, model, parts),
    ...adamWScalars(optimizer, 1e-2, 0),
    ...(parts !== 'lm' && { pairwiseWeight: 1.3 }),
    ...(parts !== 'pairwise' && { lmWeight: 0.7 }),
  });
  return { ...(await session.getState()), ...outputs };
}

/** Adam divides by the root of the second moment, so gradients are compared through the first. */
function compared(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => name.startsWith('adam.first.') || !name.includes('.')),
  );
}

async function expectAlike(executor: Executor, given: Case, tolerance: number, whole?: Values): Promise<void> {
  const expected = compared(whole ?? (await afterOneStep(executor, { ...given, blocks: 1 })));
  const found = compared(await afterOneStep(executor, given));
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  expect(Object.keys(found).length).toBeGreaterThan(10);
  for (const [name, values] of Object.entries(expected))
    expect(largestDifference(found[name], values), name).toBeLessThan(tolerance);
}

describe.each(tinyFamilies.map(titled))('a step of $title', ({ model }) => {
  it.each([2, 3])('has the losses and gradients of the whole step with attention in %i blocks', async (blocks) => {
    await expectAlike(referenceExecutor(), { model, blocks }, 2e-7);
  });
});

describe('a step with attention in blocks', () => {
  it.each(['lm', 'pairwise'] as const)('has them for %s alone, last tokens and means', async (parts) => {
    for (const rewardPooling of ['last', 'mean'] as const)
      await expectAlike(referenceExecutor(), { model: { ...qwen2, rewardPooling }, blocks: 4, parts }, 2e-7);
  });

  it('has them with more blocks than tokens in a row', async () => {
    await expectAlike(referenceExecutor(), { model: qwen2, blocks: 20 }, 2e-7);
  });

  it('has them in micro-batches', async () => {
    await expectAlike(referenceExecutor(), { model: qwen2, blocks: 2, microBatches: 3 }, 2e-7);
  });

  it('has those of the float64 reference within float32 rounding on ONNX Runtime', async () => {
    for (const model of tinyFamilies) {
      const reference = await afterOneStep(referenceExecutor(), { model, blocks: 1 });
      await expectAlike(onnxruntimeCpu(), { model, blocks: 3 }, 1e-5, reference);
    }
  });

  it.each(portable)('has them on tfjs over %s', async (backend) => {
    const reference = await afterOneStep(referenceExecutor(), { model: qwen2, blocks: 1 });
    await expectAlike(await tfjsOn(backend), { model: qwen2, blocks: 3 }, 1e-5, reference);
  });
});

describe('memory of a step with attention in blocks', () => {
  it('grows with half of the square of a row at most', () => {
    const long = { ...qwen2, contextLength: 600 };
    const row: Row = { prompt: new Int32Array(200), responses: [new Int32Array(400), new Int32Array(400)] };
    const bytesOf = (blocks: number): number => {
      const program = trainProgram(long, 'pairwise+lm', 1, { ...plainStep, attentionBlocks: [blocks] });
      const feeds = trainFeeds([packerFor(long, blocks).pack([row])], long, 'pairwise+lm');
      const sizes = program.inputs.flatMap(({ attributes, shape }) => {
        const feed = feeds[attributes.name];
        return typeof feed === 'object' ? shape.map((dim, axis) => [dim, feed.shape[axis] ?? 0] as const) : [];
      });
      return peakMemoryOf(program, Object.fromEntries(sizes)).totalBytes;
    };
    expect(bytesOf(8)).toBeLessThan(0.5 * bytesOf(1));
  });
});

/** Beside values above 1, relative to them. */
function largestDifference(a: Float32Array | undefined, b: Float32Array): number {
  if (a === undefined || a.length !== b.length) return Number.POSITIVE_INFINITY;
  const apart = (value: number, other: number): number => Math.abs(value - other) / Math.max(1, Math.abs(other));
  return a.reduce((most, value, index) => Math.max(most, apart(value, b[index] as number)), 0);
}
