/** States that are updated in place by kernels: the same bits as by operations, and nothing half updated. */
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, type Session } from '../../harness/engine/index.ts';
import { splitUpdates } from '../../harness/engine/onnx/state-updates.ts';
import { kernelOver, type ElementwiseKernel, type KernelValue } from '../../harness/engine/wasm/elementwise-kernel.ts';
import { placeArrays } from '../../harness/engine/wasm/memory-arena.ts';
import { webAssembly } from '../../harness/engine/wasm/web-assembly.ts';
import * as g from '../../harness/graph/index.ts';
import { randomStream } from '../../harness/random/index.ts';

/** Until it is restored, no memory of WebAssembly is granted, as under `ulimit -v`. */
function limited() {
  const place = webAssembly as { Memory: unknown };
  const { Memory } = place;
  let asked = 0;
  place.Memory = function refuse() {
    asked += 1;
    throw new RangeError('WebAssembly.Memory(): could not allocate memory');
  };
  return { asked: () => asked, restore: () => void (place.Memory = Memory) };
}

const array = (index: number): KernelValue => ({ kind: 'array', index });
const scalar = (index: number): KernelValue => ({ kind: 'scalar', index });
const operation = (op: Extract<KernelValue, { op: unknown }>['op'], ...operands: number[]): KernelValue => {
  return { kind: 'operation', op, operands };
};

describe('an elementwise kernel', () => {
  const run = (kernel: ElementwiseKernel, arrays: readonly (readonly number[])[], scalars: readonly number[]) => {
    const [placed] = placeArrays([arrays.map(({ length }) => length)]);
    placed!.forEach(({ values }, index) => values.set(arrays[index]!));
    const bytes = Math.ceil((4 * arrays[0]!.length) / 16) * 16;
    kernelOver(kernel, placed![0]!.memory)(bytes, ...placed!.map(({ address }) => address), ...scalars);
    return placed!.map(({ values }) => [...values]);
  };
  const normals = (count: number, purpose: string): number[] => {
    const stream = randomStream(0, purpose);
    return Array.from({ length: count }, () => Math.fround(stream.normal()));
  };

  it.each(['add', 'subtract', 'multiply', 'divide'] as const)('rounds to float32: %s', (op) => {
    const [a, b] = [normals(37, 'a'), normals(37, 'b')];
    const expected = {
      add: (x: number, y: number) => x + y,
      subtract: (x: number, y: number) => x - y,
      multiply: (x: number, y: number) => x * y,
      divide: (x: number, y: number) => x / y,
    }[op];
    const values = [array(0), array(1), operation(op, 0, 1)];
    const [found] = run({ arrays: 2, scalars: 0, values, stores: [{ value: 2, array: 0 }] }, [a, b], []);
    expect(found).toEqual(a.map((x, index) => Math.fround(expected(x, b[index]!))));
  });

  it('takes roots, negates, and reads scalars', () => {
    const a = normals(9, 'a').map(Math.abs);
    const values = [
      array(0),
      scalar(0),
      operation('squareRoot', 0),
      operation('negate', 2),
      operation('multiply', 3, 1),
    ];
    const [found] = run({ arrays: 1, scalars: 1, values, stores: [{ value: 4, array: 0 }] }, [a], [0.1]);
    expect(found).toEqual(a.map((x) => Math.fround(-Math.fround(Math.sqrt(x)) * Math.fround(0.1))));
  });

  it('reads every array before it writes one', () => {
    const values = [array(0), array(1)];
    const stores = [
      { value: 1, array: 0 },
      { value: 0, array: 1 },
    ];
    expect(
      run(
        { arrays: 2, scalars: 0, values, stores },
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [],
      ),
    ).toEqual([
      [4, 5, 6],
      [1, 2, 3],
    ]);
  });

  it('stores denormals as 0, and keeps what is no number', () => {
    const [least, denormal] = [2 ** -126, 2 ** -127];
    const a = [least, -least, denormal, -denormal, NaN, Infinity, -Infinity, 0];
    const [found] = run({ arrays: 1, scalars: 0, values: [array(0)], stores: [{ value: 0, array: 0 }] }, [a], []);
    expect(found!.map(Math.abs)).toEqual([least, least, 0, 0, NaN, Infinity, Infinity, 0]);
    expect(found![6]).toBe(-Infinity);
  });

  it('has as many values as it needs', () => {
    const values = [array(0), ...Array.from({ length: 300 }, (_, index) => operation('add', index, 0))];
    const [found] = run({ arrays: 1, scalars: 0, values, stores: [{ value: 300, array: 0 }] }, [[1, 2, 3, 4, 5]], []);
    expect(found).toEqual([301, 602, 903, 1204, 1505]);
  });
});

describe('places for arrays', () => {
  it('has zeros at addresses that kernels can use, and no array over another', () => {
    const placed = placeArrays([[5, 16], [1]]).flat();
    placed.forEach(({ values }, index) => values.fill(index + 1));
    expect(placed.map(({ address }) => address % 64)).toEqual([0, 0, 0]);
    expect(placed.map(({ values }) => [...new Set(values)])).toEqual([[1], [2], [3]]);
  });

  it('keeps a group in one memory, and says where one is too large', () => {
    const half = 2 ** 27;
    const [first, second] = placeArrays([[half, half], [half]]);
    expect(new Set(first!.map(({ memory }) => memory)).size).toBe(1);
    expect(second![0]!.memory).not.toBe(first![0]!.memory);
    expect(() => placeArrays([[2 ** 29, 2 ** 29]])).toThrow(RangeError);
  });
});

describe('the updates of a program', () => {
  const sessions: Session[] = [];
  afterAll(() => Promise.all(sessions.map((session) => session.release())));

  const weight = g.input('weight', [3, 2]);
  const moment = g.input('moment', [3, 2]);
  const x = g.input('x', ['N', 3]);
  const rate = g.input('rate', []);
  const loss = g.sum(g.square(g.matmul(x, weight)), [0, 1]);
  const [slope] = g.gradients(loss, [weight]) as [g.Tensor];
  const nextMoment = g.add(g.multiply(moment, g.constant(0.5)), g.add(slope, g.square(slope)));
  const nextWeight = g.subtract(weight, g.divide(g.multiply(nextMoment, rate), g.add(loss, g.constant(1))));
  const program = g.programOf({
    outputs: { loss },
    state: [
      { name: 'weight', input: weight, next: nextWeight },
      { name: 'moment', input: moment, next: nextMoment },
    ],
  });
  const feeds = { x: { data: Float32Array.of(1, 2, 3, -1, 0, 1), shape: [2, 3] }, rate: 0.01 };
  const start = { weight: Float32Array.of(1, -1, 0.5, 2, -2, 0.25), moment: new Float32Array(6) };
  const opened = async (updatesInPlace: boolean, stateOf?: Session, of = program): Promise<Session> => {
    const session = await onnxruntimeCpu().compile(of, { updatesInPlace, ...(stateOf && { stateOf }) });
    sessions.push(session);
    return session;
  };

  it('leave the model to compute one array and the scalars, and nothing of the states', () => {
    const { computed, updates } = splitUpdates(program, () => true);
    expect(updates).toHaveLength(1);
    expect(updates[0]!.states.map(({ name }) => name)).toEqual(['weight', 'moment']);
    expect(updates[0]!.computed).toHaveLength(1);
    expect(updates[0]!.scalars.map(({ kind }) => kind).sort()).toEqual(['computed', 'constant', 'fed']);
    expect(computed.state.every(({ input, next }) => input === next)).toBe(true);
    expect(computed.inputs.map(({ attributes }) => attributes.name)).toEqual(['x']);
  });

  it('have the bits of the same operations in the model', async () => {
    const [kernels, operations] = [await opened(true), await opened(false)];
    for (const session of [kernels, operations]) session.setState(start);
    for (let step = 0; step < 3; step++) expect(await kernels.run(feeds)).toEqual(await operations.run(feeds));
    expect(await kernels.getState()).toEqual(await operations.getState());
    expect((await kernels.getState())['weight']).not.toEqual(start.weight);
  });

  it("are the model's where the system grants no memory for kernels", async () => {
    const operations = await opened(false);
    const memory = limited();
    const limitedToo = await opened(true).finally(memory.restore);
    expect(memory.asked()).toBe(1);
    for (const session of [limitedToo, operations]) session.setState(start);
    for (let step = 0; step < 3; step++) expect(await limitedToo.run(feeds)).toEqual(await operations.run(feeds));
    expect(await limitedToo.getState()).toEqual(await operations.getState());
  });

  it('change nothing where the run fails', async () => {
    const table = g.input('table', [4, 2]);
    const rows = g.gatherRows(table, g.input('ids', ['N'], 'int32'));
    const [gradient] = g.gradients(g.sum(g.square(rows), [0, 1]), [table]) as [g.Tensor];
    const session = await opened(
      true,
      undefined,
      g.programOf({ outputs: {}, state: [{ name: 'table', input: table, next: g.subtract(table, gradient) }] }),
    );
    session.setState({ table: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
    await expect(session.run({ ids: { data: Int32Array.of(0, 9), shape: [2] } })).rejects.toThrow('ONNX Runtime');
    expect((await session.getState())['table']).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    await session.run({ ids: { data: Int32Array.of(1), shape: [1] } });
    expect((await session.getState())['table']).toEqual(Float32Array.of(1, 2, -3, -4, 5, 6, 7, 8));
  });

  it('go on in a session that shares the states, with and without kernels of its own', async () => {
    const first = await opened(true);
    const [kernels, operations] = [await opened(true, first), await opened(false, first)];
    const alone = await opened(false);
    first.setState(start);
    alone.setState(start);
    for (const session of [first, kernels, operations, kernels, first]) {
      await session.run(feeds);
      await alone.run(feeds);
      expect(await first.getState()).toEqual(await alone.getState());
    }
  });

  it('leave a state of 16 bits, one of rank 0 and one that another operation makes to the model', async () => {
    const [half, single, turned] = [g.input('half', [2]), g.input('single', []), g.input('turned', [2, 2])];
    const mixed = g.programOf({
      outputs: {},
      state: [
        { name: 'half', input: half, next: g.add(half, half), storage: 'float16' },
        { name: 'single', input: single, next: g.add(single, g.constant(1)) },
        { name: 'turned', input: turned, next: g.transpose(turned, [1, 0]) },
      ],
    });
    expect(splitUpdates(mixed, () => true).updates).toEqual([]);
    const session = await opened(true, undefined, mixed);
    session.setState({ half: Float32Array.of(1, 2), turned: Float32Array.of(1, 2, 3, 4) });
    await session.run({});
    const expected = { half: Float32Array.of(2, 4), single: Float32Array.of(1), turned: Float32Array.of(1, 3, 2, 4) };
    expect(await session.getState()).toEqual(expected);
  });
});
