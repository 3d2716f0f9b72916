import { describe, expect, test } from 'vitest';
import { trainingStep, type EngineStepSize } from '../../harness/bench/dense-step.ts';
import { feedsAt, benchEngineStep } from '../../harness/bench/engine-step.ts';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import * as g from '../../harness/graph/index.ts';
import { largestDifference } from '../graph/finite-differences.ts';

const NANO: EngineStepSize = { width: 8, layers: 2, heads: 2, feedForward: 12, vocabulary: 23, rows: 2, rowLength: 7 };
/** Large enough that operations are shared among threads. */
const SMALL: EngineStepSize = {
  width: 64,
  layers: 2,
  heads: 2,
  feedForward: 160,
  vocabulary: 512,
  rows: 6,
  rowLength: 64,
};

describe('a whole training step: forward, backward, AdamW', () => {
  test('starts at ln(vocabulary), follows the float64 reference, and learns', async () => {
    const reference = await benchEngineStep({ size: NANO, steps: 4, threads: 1, executor: referenceExecutor() });
    const found = await benchEngineStep({ size: NANO, steps: 4, threads: 1 });
    expect(found.losses[0]).toBeCloseTo(Math.log(23), 1);
    expect(largestDifference(found.losses, reference.losses)).toBeLessThan(1e-5);
    expect(found.losses[3]!).toBeLessThan(found.losses[0]! - 1e-3);
  });

  test('gives the same bytes when it is run again, with one thread and with two', async () => {
    for (const threads of [1, 2]) {
      const [first, second] = [await finalState(SMALL, threads), await finalState(SMALL, threads)];
      for (const name of Object.keys(first))
        expect(
          Buffer.from(second[name]!.buffer).equals(Buffer.from(first[name]!.buffer)),
          `${name}, ${threads} threads`,
        ).toBe(true);
    }
  });

  test('one thread and two agree to rounding', async () => {
    const [one, two] = [await finalState(SMALL, 1), await finalState(SMALL, 2)];
    const largest = Math.max(...Object.keys(one).map((name) => largestDifference(two[name]!, one[name]!)));
    expect(largest).toBeLessThan(1e-5);
  });
});

test('rows scattered onto one row by several threads are all counted', async () => {
  const table = g.input('table', [100, 64]);
  const rows = g.gatherRows(table, g.input('indices', ['N'], 'int32'));
  const [gradient] = g.gradients(g.sum(g.multiply(rows, g.input('weights', ['N', 64])), [0, 1]), [table]) as [g.Tensor];
  const session = await onnxruntimeCpu().compile(g.programOf({ outputs: { gradient }, state: [] }), { threads: 4 });
  const N = 20_000;
  const feeds = {
    table: { data: new Float32Array(6400), shape: [100, 64] },
    indices: { data: new Int32Array(N).fill(3), shape: [N] },
    weights: { data: new Float32Array(N * 64).fill(1), shape: [N, 64] },
  };
  const found = (await session.run(feeds))['gradient']!;
  expect(found.every((value, at) => value === (Math.floor(at / 64) === 3 ? N : 0))).toBe(true);
  await session.release();
});

async function finalState(size: EngineStepSize, threads: number): Promise<Record<string, Float32Array>> {
  const { program, initial } = trainingStep(size);
  const session = await onnxruntimeCpu().compile(program, { threads });
  session.setState(initial);
  for (let step = 1; step <= 3; step++) await session.run(feedsAt(size, step));
  const state = await session.getState();
  await session.release();
  return state;
}
