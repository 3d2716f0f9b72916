import { describe, expect, it } from 'vitest';
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { benchVariants } from '../../harness/bench/step-variants.ts';
import { benchTrainStep } from '../../harness/bench/train-step.ts';
import { yardstick, yardstickSizes } from '../../harness/bench/yardstick.ts';
import { parameterShapes } from '../../harness/model/index.ts';

const vocabSize = 50;
// Wide enough that a step is cut into micro-batches.
const model = { ...yardstick('5m'), hiddenSize: 192, layers: 2, intermediateSize: 32, contextLength: 64, vocabSize };
const stream = randomStream(5, 'bench');
const tokens = (): Int32Array => Int32Array.from({ length: 1 + stream.integer(12) }, () => stream.integer(vocabSize));
const rows: readonly EncodedPair[] = Array.from({ length: 16 }, (_, index) => ({
  id: String(index),
  prompt: tokens(),
  chosen: tokens(),
  rejected: tokens(),
}));
const options = { model, executor: onnxruntimeCpu(), rows, pairsPerStep: 8, steps: 3, threads: 1, profiledSteps: 3 };

describe('yardsticks', () => {
  it('have the parameters they are named after', () => {
    const parametersOf = (size: (typeof yardstickSizes)[number]): number => {
      return [...parameterShapes(yardstick(size)).values()].reduce(
        (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
        0,
      );
    };
    // 5 M: 2 x 4096 x 256 + 4 (4 x 256^2 + 3 x 256 x 688 + 2 x 256) + 2 x 256 = 5,261,824.
    expect(yardstickSizes.map(parametersOf)).toEqual([1_008_192, 5_261_824, 33_694_720, 134_106_624]);
  });
});

describe('benchTrainStep', () => {
  it('reports the losses of the step it times, and rates that fit its times', async () => {
    const result = await benchTrainStep(options);
    expect(result.losses).toHaveLength(3);
    // An untrained model: about ln 2 and ln 50. Every further step has learned.
    expect(Math.abs((result.losses[0]?.[0] ?? Number.NaN) - Math.log(2))).toBeLessThan(0.3);
    expect(Math.abs((result.losses[0]?.[1] ?? Number.NaN) - Math.log(vocabSize))).toBeLessThan(0.3);
    expect(result.losses[2]?.[1]).toBeLessThan(result.losses[0]?.[1] ?? Number.NaN);
    expect(result.stepMs).toHaveLength(3);
    expect(result.stepMs.toSorted((a, b) => a - b)[1]).toBe(result.stepMsMedian);
    expect(result.pairsPerSecond).toBeCloseTo(8000 / result.stepMsMedian, 6);
    expect(result.gemmShare).toBeGreaterThan(0);
    expect(result.gemmShare).toBeLessThan(1);
  });
});

describe('benchVariants', () => {
  it('leaves out work that no loss depends on', async () => {
    const variants = await benchVariants(options);
    expect(variants).toHaveLength(7);
    for (const { lossDifference } of variants) expect(lossDifference).toBeLessThan(5e-6);
  });
});
