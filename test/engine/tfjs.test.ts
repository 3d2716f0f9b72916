import { describe, expect, test } from 'vitest';
import { openExecutor, referenceExecutor, type Feed } from '../../harness/engine/index.ts';
import { openTfjs } from '../../harness/engine/tfjs/tfjs-executor.ts';
import { trainingStep, type EngineStepSize } from '../../harness/bench/dense-step.ts';
import { feedsAt } from '../../harness/bench/engine-step.ts';
import * as g from '../../harness/graph/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { largestDifference } from '../graph/finite-differences.ts';
import { load, loadersWith, portable, tfjsOn } from './tfjs-backends.ts';

const errorHandlers = (): unknown[] =>
  ['uncaughtException', 'unhandledRejection'].flatMap((event) => process.rawListeners(event));
const handlersAtStart = errorHandlers();

const random = randomStream(5, 'tfjs');
const normals = (...shape: number[]): Feed => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
});

describe.each(portable)('memory of tfjs on %s', (name) => {
  const size: EngineStepSize = {
    width: 8,
    layers: 2,
    heads: 2,
    feedForward: 12,
    vocabulary: 23,
    rows: 2,
    rowLength: 7,
  };

  test('holds the state and nothing else between the steps of a training run, and nothing after release', async () => {
    const [tf, executor] = [await load[name](), await tfjsOn(name)];
    const before = tf.memory().numTensors;
    const { program, initial } = trainingStep(size);
    const session = await executor.compile(program);
    session.setState(initial);
    const counts: number[] = [];
    for (let step = 1; step <= 4; step++) {
      await session.run(feedsAt(size, step));
      counts.push(tf.memory().numTensors - before);
    }
    const constants = program.tensors.filter((tensor) => tensor.op === 'constant').length;
    expect(counts).toEqual(Array.from({ length: 4 }, () => program.state.length + constants));
    const bytes = tf.memory().numBytes;
    await session.run(feedsAt(size, 5));
    expect(tf.memory().numBytes).toBe(bytes);
    await session.release();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is left by a run that fails half way', async () => {
    const [tf, executor] = [await load[name](), await tfjsOn(name)];
    const [x, total] = [g.input('x', [3]), g.input('total', [3])];
    const picked = g.gatherRows(g.exp(x), g.input('rows', ['N'], 'int32'));
    const session = await executor.compile(
      g.programOf({
        outputs: { y: g.sum(g.square(picked), [0]) },
        state: [{ name: 'total', input: total, next: g.add(total, g.negate(x)) }],
      }),
    );
    const feeds = (row: number): Record<string, Feed> => ({
      x: { data: Float32Array.of(1, 2, 3), shape: [3] },
      rows: { data: Int32Array.of(row), shape: [1] },
    });
    await session.run(feeds(0));
    const before = tf.memory().numTensors;
    const kept = await session.getState();
    for (const row of [3, -1]) {
      await expect(session.run(feeds(row))).rejects.toThrow(
        new RegExp(
          `^run: gatherRows#\\d+ \\[N\\] failed: row ${row} lies outside a table of 3 rows; ` +
            `given exp#\\d+ \\[3\\] = \\[3\\], input "rows" \\[N\\] int32 = \\[1\\]$`,
        ),
      );
    }
    expect(tf.memory().numTensors).toBe(before);
    expect(await session.getState()).toEqual(kept);
    await session.release();
  });

  test('has no more than two of a chain of values at a time', async () => {
    const [tf, executor] = [await load[name](), await tfjsOn(name)];
    const x = g.input('x', ['N']);
    const long = Array.from({ length: 40 }).reduce<g.Tensor>((tensor) => g.add(g.negate(tensor), g.constant(1)), x);
    const session = await executor.compile(g.programOf({ outputs: { y: g.sum(long, [0]) }, state: [] }));
    const N = 50_000;
    const feeds = { x: { data: new Float32Array(N), shape: [N] } };
    await session.run(feeds);
    const before = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(async () => ((await session.run(feeds))['y'], tf.scalar(0)));
    // What an operation reads and what it writes, 4 bytes a value; the profile counts the bytes that were there before,
    // too.
    expect(peakBytes - before).toBeLessThan(2.1 * 4 * N);
    await session.release();
  });
});

/** Long sums in float32, with terms of size one: 96 of them here. */
const TOLERANCE = 1e-4;

describe.each(portable)('matrices of ordinary size on %s', (name) => {
  const cases = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })));
  test.each(cases)('stacks, transposeA $transposeA, transposeB $transposeB', async ({ transposeA, transposeB }) => {
    const sized = (rows: number, columns: number, isSwapped: boolean): number[] => [
      2,
      3,
      ...(isSwapped ? [columns, rows] : [rows, columns]),
    ];
    const [a, b] = [sized(40, 96, transposeA), sized(96, 33, transposeB)];
    const y = g.matmul(g.input('a', ['B', 'H', ...a.slice(2)]), g.input('b', ['B', 'H', ...b.slice(2)]), {
      transposeA,
      transposeB,
      scale: 0.5,
    });
    await expectAgreement(name, y, { a: normals(...a), b: normals(...b) });
  });

  test('sums over leading axes, over all and over none of many rows', async () => {
    const x = g.input('x', ['B', 'S', 7]);
    const parts = [
      g.sum(x, [0, 1]),
      g.sum(g.square(x), [0, 1, 2]),
      g.sum(x, [0, 1, 2], true),
      g.sum(x, [0, 1], true),
      g.sum(x, [2], true),
    ];
    for (const part of parts) await expectAgreement(name, part, { x: normals(9, 11, 7) });
  });

  async function expectAgreement(
    backend: (typeof portable)[number],
    y: g.Tensor,
    feeds: Record<string, Feed>,
  ): Promise<void> {
    const program = g.programOf({ outputs: { y }, state: [] });
    const [expected, found] = await Promise.all(
      [referenceExecutor(), await tfjsOn(backend)].map(async (executor) => {
        const session = await executor.compile(program);
        const result = await session.run(feeds);
        await session.release();
        return result['y']!;
      }),
    );
    expect(found).toHaveLength(expected!.length);
    expect(largestDifference(found!, expected!)).toBeLessThan(TOLERANCE);
  }
});

describe('the choice of a backend', () => {
  const missing = (name: string) => (): Promise<never> =>
    Promise.reject(
      Object.assign(new Error(`Cannot find package '@tensorflow/${name}'`), { code: 'ERR_MODULE_NOT_FOUND' }),
    );
  const absent = { 'tfjs-node-gpu': missing('tfjs-node-gpu'), 'tfjs-node': missing('tfjs-node') };

  test('is wasm where no native package is installed, and says so', async () => {
    const { executor, detail, usesGpu } = await openTfjs(loadersWith({ ...load, ...absent }));
    expect([executor.name, usesGpu]).toEqual(['tfjs-wasm', false]);
    expect(detail).toBe(
      'tfjs 4.22.0, backend wasm (passed over: tfjs-node-gpu: not installed; tfjs-node: not installed)',
    );
  });

  test('passes over what does not load, and what loads and computes wrongly', async () => {
    const tf = await load.cpu();
    const wrong = {
      ...tf,
      setBackend: () => Promise.resolve(true),
      matMul: (a: object) => tf.clone(a as never),
    } as unknown as typeof tf;
    const broken = (): Promise<never> =>
      Promise.reject(new Error('libcudart.so.11.0: cannot open shared object file\nat dlopen'));
    const { executor, detail } = await openTfjs(
      loadersWith({ 'tfjs-node-gpu': broken, 'tfjs-node': () => Promise.resolve(wrong), cpu: load.cpu }),
    );
    expect(executor.name).toBe('tfjs-cpu');
    expect(detail).toContain(
      'tfjs-node-gpu: libcudart.so.11.0: cannot open shared object file; tfjs-node: ' +
        'a product of two matrices came out as 1, 2, 3, 4 instead of 19, 22, 43, 50; wasm: not for this test',
    );
  });

  test('is told in full where nothing works', async () => {
    await expect(openTfjs(loadersWith({}))).rejects.toThrow(
      'no tfjs backend works: tfjs-node-gpu: not for this test; tfjs-node: not for this test; wasm: ' +
        'not for this test; cpu: not for this test',
    );
  });

  test('leaves the handlers of uncaught errors as they were before anything was loaded', async () => {
    await tfjsOn('wasm');
    expect(errorHandlers()).toEqual(handlersAtStart);
  });

  test('is what the device opens', async () => {
    const { executor, device, reason } = await openExecutor('tfjs');
    expect(device).toBe('tfjs');
    expect(executor.name).toMatch(/^tfjs-/);
    expect(reason).toMatch(/^as asked: tfjs 4\.22\.0, backend /);
  });
});

test('two backends take turns in one process', async () => {
  const program = (): g.Program => {
    const x = g.input('x', [2]);
    return g.programOf({ outputs: { x }, state: [{ name: 'x', input: x, next: g.add(x, g.constant(1)) }] });
  };
  const sessions = await Promise.all(portable.map(async (name) => (await tfjsOn(name)).compile(program())));
  for (let step = 0; step < 3; step++) {
    const found = await Promise.all(sessions.map((session) => session.run({})));
    expect(found.map(({ x }) => x)).toEqual(sessions.map(() => Float32Array.of(step, step)));
  }
  await Promise.all(sessions.map((session) => session.release()));
});

test('a session over one backend cannot take the state of a session over another', async () => {
  const x = g.input('x', [2]);
  const program = g.programOf({ outputs: { y: g.exp(x) }, state: [{ name: 'x', input: x, next: x }] });
  const other = await (await tfjsOn('cpu')).compile(program);
  await expect((await tfjsOn('wasm')).compile(program, { stateOf: other })).rejects.toThrow(
    'stateOf is a session of another executor than tfjs-wasm',
  );
  await other.release();
});

test.each(['float16', 'bfloat16'] as const)('%s storage is refused by name', async (storage) => {
  const x = g.input('x', [2]);
  const program = g.programOf({
    outputs: { y: g.exp(x) },
    state: [{ name: 'adam.first.x', input: x, next: x, storage }],
  });
  await expect((await tfjsOn('wasm')).compile(program)).rejects.toMatchObject({
    exitCode: 3,
    message: `device tfjs: state "adam.first.x" asks for ${storage} storage; this engine keeps float32 only`,
  });
});
