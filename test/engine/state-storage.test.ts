import { describe, expect, test } from 'vitest';
import { narrow, widen } from '../../harness/engine/half-floats.ts';
import {
  describeDevices,
  executorOf,
  onnxruntimeCpu,
  referenceExecutor,
  type Executor,
} from '../../harness/engine/index.ts';
import * as g from '../../harness/graph/index.ts';
import { randomStream } from '../../harness/random/index.ts';

const size = 4096;

/** value <- value + change, in float32, kept in `storage`; `seen` is what the computation read. */
function kept(storage: g.StateStorage): g.Program {
  const value = g.input('value', [size]);
  const next = g.add(value, g.input('change', [size]));
  return g.programOf({
    outputs: { seen: g.negate(value), next },
    state: [{ name: 'value', input: value, next, storage }],
  });
}

/** Every magnitude that float16 has, subnormals and overflow included, and exact ties among them. */
function numbers(): Float32Array {
  const random = randomStream(7, 'storage');
  return Float32Array.from({ length: size }, (_, index) => {
    const x = random.normal() * 2 ** (random.integer(46) - 28);
    return index % 4 === 0 ? Math.fround(Math.round(x * 2 ** 12) / 2 ** 12) : x;
  });
}

const both = ['float16', 'bfloat16'] as const;
const executors = [
  ...[referenceExecutor(), onnxruntimeCpu()].flatMap((executor) =>
    both.map((storage) => ({ executor, storage, title: `${executor.name}: ${storage}` })),
  ),
  ...(await halfDevices()),
];

/**
 * A WebGPU adapter with 16-bit floats: how it rounds is the driver's business, so that this is worth a test on each.
 */
async function halfDevices(): Promise<{ executor: Executor; storage: 'float16'; title: string }[]> {
  const webgpu = (await describeDevices()).find(({ device }) => device === 'webgpu');
  if (webgpu?.available === true && webgpu.detail.includes('shader-f16'))
    return [{ executor: await executorOf('webgpu'), storage: 'float16', title: 'onnxruntime-webgpu: float16' }];
  console.log(`skipped: no webgpu adapter with shader-f16: ${webgpu?.detail}`);
  return [];
}

describe('a state that is stored in 16 bits', () => {
  test.each(executors)(
    '$title rounds to nearest even when it is set and after each run, and computes in float32',
    async ({ executor, storage }) => {
      const session = await executor.compile(kept(storage));
      const [start, change] = [numbers(), numbers().reverse()];
      session.setState({ value: start });
      let expected = widen(narrow(start, storage), storage);
      expect((await session.getState())['value']).toEqual(expected);
      for (let step = 0; step < 3; step++) {
        const { seen, next } = (await session.run({ change: { data: change, shape: [size] } })) as {
          seen: Float32Array;
          next: Float32Array;
        };
        expect(seen).toEqual(expected.map((value) => -value));
        // The output is the float32 sum; only what is kept is rounded.
        const sum = expected.map((value, index) => value + change[index]!);
        expect(next).toEqual(sum);
        expected = widen(narrow(sum, storage), storage);
        expect((await session.getState())['value']).toEqual(expected);
      }
      await session.release();
    },
  );

  test.each(both)('an average in %s moves as float64 rounded at each step does', async (storage) => {
    const found = await Promise.all(
      [referenceExecutor(), onnxruntimeCpu()].map(async (executor) => {
        const session = await executor.compile(kept(storage));
        session.setState({ value: numbers().map((value) => Math.max(-8, Math.min(8, value))) });
        for (let step = 0; step < 5; step++)
          await session.run({ change: { data: numbers().map((value) => value / 2 ** 20), shape: [size] } });
        return (await session.getState())['value'];
      }),
    );
    expect(found[1]).toEqual(found[0]);
  });
});

test('a storage that a device does not have is refused with the state named', async () => {
  await expect((await executorOf('webgpu')).compile(kept('bfloat16'))).rejects.toThrow(
    'compile: state "value" is stored as bfloat16, which onnxruntime-webgpu does not have; it has float32 and float16',
  );
});
