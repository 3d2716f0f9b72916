import { describe, expect, test } from 'vitest';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import * as g from '../../harness/graph/index.ts';
import { executors } from './executors.ts';

/** sum <- sum + x, squares <- squares + x^2. */
function accumulate(): g.Program {
  const [x, sum, squares] = [g.input('x', [3]), g.input('sum', [3]), g.input('squares', [3])];
  const next = g.add(sum, x);
  return g.programOf({
    outputs: { sum: next },
    state: [
      { name: 'sum', input: sum, next },
      { name: 'squares', input: squares, next: g.add(squares, g.square(x)) },
    ],
  });
}

/** weights <- weights - rate * sum, sum <- 0; it does not know `squares`. */
function apply(): g.Program {
  const [weights, sum] = [g.input('weights', [3]), g.input('sum', [3])];
  const next = g.subtract(weights, g.multiply(g.input('rate', []), sum));
  return g.programOf({
    outputs: { weights: next },
    state: [
      { name: 'weights', input: weights, next },
      { name: 'sum', input: sum, next: g.multiply(sum, g.constant(0)) },
    ],
  });
}

const x = (...values: number[]): { data: Float32Array; shape: number[] } => ({
  data: Float32Array.from(values),
  shape: [3],
});

describe.each(executors)('sessions of %s that share state', (_, executor) => {
  test('read and write one buffer for each name, and keep the rest to themselves', async () => {
    const micro = await executor.compile(accumulate());
    const update = await executor.compile(apply(), { stateOf: micro });
    update.setState({ weights: Float32Array.of(10, 10, 10) });
    for (let round = 1; round <= 3; round++) {
      await micro.run({ x: x(1, 2, 3) });
      expect((await micro.run({ x: x(1, 0, 0) }))['sum']).toEqual(Float32Array.of(2, 2, 3));
      expect((await update.getState())['sum']).toEqual(Float32Array.of(2, 2, 3));
      expect((await update.run({ rate: 0.5 }))['weights']).toEqual(
        Float32Array.of(10 - round, 10 - round, 10 - 1.5 * round),
      );
      expect(await micro.getState()).toEqual({
        sum: Float32Array.of(0, 0, 0),
        squares: Float32Array.of(2 * round, 4 * round, 9 * round),
      });
    }
    micro.setState({ sum: Float32Array.of(7, 7, 7) });
    expect(await update.getState()).toEqual({ weights: Float32Array.of(7, 7, 5.5), sum: Float32Array.of(7, 7, 7) });
    await micro.release();
    await update.release();
  });

  test('states that only readers have in common are siblings, not shared', async () => {
    const micro = await executor.compile(accumulate());
    const [one, other] = [
      await executor.compile(apply(), { stateOf: micro }),
      await executor.compile(apply(), { stateOf: micro }),
    ];
    one.setState({ weights: Float32Array.of(1, 1, 1) });
    expect((await other.getState())['weights']).toEqual(Float32Array.of(0, 0, 0));
    for (const session of [micro, one, other]) await session.release();
  });

  test('outlive the session they came from', async () => {
    const micro = await executor.compile(accumulate());
    const update = await executor.compile(apply(), { stateOf: micro });
    await micro.run({ x: x(4, 4, 4) });
    await micro.release();
    expect((await update.run({ rate: 1 }))['weights']).toEqual(Float32Array.of(-4, -4, -4));
    await update.release();
  });

  test('are refused where a shared state has another shape or storage', async () => {
    const micro = await executor.compile(accumulate());
    const wider = g.input('sum', [4]);
    const program = (entry: g.StateEntry): g.Program =>
      g.programOf({ outputs: { y: g.exp(entry.input) }, state: [entry] });
    await expect(
      executor.compile(program({ name: 'sum', input: wider, next: wider }), { stateOf: micro }),
    ).rejects.toThrow('the shared state "sum" is float32 [3] in the other session, float32 [4] in this program');
    const same = g.input('sum', [3]);
    await expect(
      executor.compile(program({ name: 'sum', input: same, next: same, storage: 'float16' }), { stateOf: micro }),
    ).rejects.toThrow('float32 [3] in the other session, float16 [3] in this program');
    await micro.release();
  });
});

test('a session of another executor cannot give its state', async () => {
  const other = await referenceExecutor().compile(accumulate());
  await expect(onnxruntimeCpu().compile(apply(), { stateOf: other })).rejects.toThrow(
    'stateOf is a session of another executor than onnxruntime-cpu',
  );
});
