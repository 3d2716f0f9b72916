import { describe, expect, test } from 'vitest';
import { fillState, onnxruntimeCpu, type Feeds } from '../../harness/engine/index.ts';
import * as g from '../../harness/graph/index.ts';
import { UserError } from '../../harness/spec/user-error.ts';
import { executors } from './executors.ts';

const floats = (...values: number[]): { data: Float32Array; shape: number[] } => ({
  data: Float32Array.from(values),
  shape: [values.length],
});
const whole = (...values: number[]): { data: Int32Array; shape: number[] } => ({
  data: Int32Array.from(values),
  shape: [values.length],
});

/** total <- total + rate * table[rows] summed; `table` is state that never changes, `previous` copies another state. */
function counter(): g.Program {
  const [total, table, previous] = [g.input('total', []), g.input('table', [4]), g.input('previous', [])];
  const picked = g.gatherRows(table, g.input('rows', ['N'], 'int32'));
  const next = g.add(total, g.multiply(g.input('rate', []), g.sum(g.multiply(picked, g.input('weights', ['N'])), [0])));
  return g.programOf({
    outputs: { next, again: next, rate: g.negate(next), was: total },
    state: [
      { name: 'sum', input: total, next },
      { name: 'table', input: table, next: table },
      { name: 'before', input: previous, next: total },
    ],
  });
}

/** a [2] and b [2, 2] one after another: doubled by every run. `total` is their sum before. */
function flat(): g.Program {
  const whole = g.input('whole', [6]);
  const [a, b] = g.split(whole, [2, 4], 0) as [g.Tensor, g.Tensor];
  const parts = [
    { name: 'a', shape: [2] },
    { name: 'b', shape: [2, 2] },
  ];
  return g.programOf({
    outputs: { a: g.negate(a), b: g.negate(g.reshape(b, [2, 2])) },
    state: [{ name: 'whole', input: whole, next: g.multiply(whole, g.input('rate', [])), parts }],
  });
}

describe.each(executors)('a flat state of a session of %s', (_, executor) => {
  test('goes by the names of its parts, each of which can be set alone at any time', async () => {
    const session = await executor.compile(flat());
    session.setState({ b: Float32Array.of(1, 2, 3, 4) });
    expect(await session.getState()).toEqual({ a: Float32Array.of(0, 0), b: Float32Array.of(1, 2, 3, 4) });
    session.setState({ a: Float32Array.of(5, 6) });
    expect(await session.run({ rate: 2 })).toEqual({
      a: Float32Array.of(-5, -6),
      b: Float32Array.of(-1, -2, -3, -4),
    });
    session.setState({ a: Float32Array.of(7, 8) });
    await fillState(session, flat().state[0]!, async (part) => {
      if (part.length === 2) part.set([9, 10]);
      else part.set([2, 4, 6, 9]);
    });
    await session.run({ rate: 2 });
    expect(await session.getState()).toEqual({ a: Float32Array.of(18, 20), b: Float32Array.of(4, 8, 12, 18) });
    session.setState({ a: Float32Array.of(1, 1) });
    await session.run({ rate: 3 });
    expect(await session.getState()).toEqual({ a: Float32Array.of(3, 3), b: Float32Array.of(12, 24, 36, 54) });
    session.setState({ a: Float32Array.of(1, 1) });
    session.setState({ a: Float32Array.of(2, 2), b: Float32Array.of(1, 1, 1, 1) });
    expect((await session.getState())['a']).toEqual(Float32Array.of(2, 2));
    await session.release();
  });

  test('has no name of its own, and takes nothing of another size', async () => {
    const session = await executor.compile(flat());
    expect(() => session.setState({ whole: new Float32Array(6) })).toThrow(
      'setState: the program has no state "whole"; it has "a", "b"',
    );
    expect(() => session.setState({ b: new Float32Array(6) })).toThrow(
      'state "b" has shape [2, 2] (4 values), found 6',
    );
    await session.release();
  });

  test('is shared with sessions that know it as it is, and refused to others', async () => {
    const session = await executor.compile(flat());
    const other = await executor.compile(flat(), { stateOf: session });
    session.setState({ a: Float32Array.of(1, 2) });
    await other.run({ rate: 2 });
    expect((await session.getState())['a']).toEqual(Float32Array.of(2, 4));
    const alone = (name: string, shape: number[], parts?: g.StatePart[]): g.Program => {
      const x = g.input(name, shape);
      return g.programOf({ outputs: { x: g.exp(x) }, state: [{ name, input: x, next: x, ...(parts && { parts }) }] });
    };
    await expect(executor.compile(alone('b', [2, 2]), { stateOf: session })).rejects.toThrow(
      'compile: "b" lies in the state "whole" of the other session, in "b" of this program',
    );
    const turned = [
      { name: 'b', shape: [2, 2] },
      { name: 'a', shape: [2] },
    ];
    await expect(executor.compile(alone('whole', [6], turned), { stateOf: session })).rejects.toThrow(
      '"whole" is float32 [6] of a [2], b [2, 2] in the other session, float32 [6] of b [2, 2], a [2] in this program',
    );
    await other.release();
    await session.release();
  });
});

describe.each(executors)('a session of %s', (_, executor) => {
  const feeds = { rate: 2, rows: whole(0, 3), weights: floats(1, 10) };

  test('keeps its state from run to run, and gives copies of it', async () => {
    const session = await executor.compile(counter());
    session.setState({ table: Float32Array.of(1, 2, 3, 4), sum: Float32Array.of(100) });
    // 100 + 2 (1*1 + 4*10) = 182, then + 2 * 3 * 1 with one row only.
    expect(await session.run(feeds)).toEqual({
      next: Float32Array.of(182),
      again: Float32Array.of(182),
      rate: Float32Array.of(-182),
      was: Float32Array.of(100),
    });
    expect((await session.run({ rate: 2, rows: whole(2), weights: floats(1) }))['next']).toEqual(Float32Array.of(188));
    const state = await session.getState();
    expect(state).toEqual({
      sum: Float32Array.of(188),
      table: Float32Array.of(1, 2, 3, 4),
      before: Float32Array.of(182),
    });
    state['sum']![0] = 0;
    state['table']![3] = 0;
    expect((await session.run(feeds))['next']).toEqual(Float32Array.of(270));
    await session.release();
  });

  test('copies the arrays it is given', async () => {
    const session = await executor.compile(counter());
    const table = Float32Array.of(1, 2, 3, 4);
    session.setState({ table });
    table.fill(0);
    expect((await session.run(feeds))['next']).toEqual(Float32Array.of(82));
    await session.release();
  });

  test('setState replaces only what it names, and two sessions share nothing', async () => {
    const [one, other] = [await executor.compile(counter()), await executor.compile(counter())];
    one.setState({ table: Float32Array.of(1, 1, 1, 1) });
    await one.run(feeds);
    one.setState({ sum: Float32Array.of(5) });
    expect((await one.run(feeds))['next']).toEqual(Float32Array.of(27));
    expect((await other.run(feeds))['next']).toEqual(Float32Array.of(0));
    await one.release();
    await other.release();
  });

  test('a run that fails leaves the state as it was, and the session usable', async () => {
    const session = await executor.compile(counter());
    session.setState({ table: Float32Array.of(1, 2, 3, 4), sum: Float32Array.of(100) });
    await expect(session.run({ ...feeds, rows: whole(0, 99) })).rejects.toThrow();
    expect((await session.getState())['sum']).toEqual(Float32Array.of(100));
    expect((await session.run(feeds))['next']).toEqual(Float32Array.of(182));
    await session.release();
  });

  const refusals: readonly [string, Feeds, string][] = [
    ['a missing input', { rate: 2, rows: whole(0) }, 'run: input "weights" [N] is not fed'],
    [
      'an unknown input',
      { ...feeds, rat: 3 },
      'run: fed "rat", which the program does not take; it takes "rate", "rows", "weights"',
    ],
    ['another number of dimensions', { ...feeds, rate: floats(2) }, 'run: input "rate" has shape [], fed [1]'],
    [
      'sizes that disagree',
      { ...feeds, weights: floats(1, 2, 3) },
      'run: input "weights" has shape [N], fed [3]; N is 2 in input "rows" and 3 here',
    ],
    ['another element type', { ...feeds, rows: floats(0, 1) }, 'run: input "rows" is int32, fed a Float32Array'],
    [
      'fewer values than the shape says',
      { ...feeds, rows: { data: Int32Array.of(1), shape: [2] } },
      'run: input "rows" is fed 1 values under the shape [2]',
    ],
  ];
  test.each(refusals)('refuses %s', async (_, wrong, message) => {
    const session = await executor.compile(counter());
    await expect(session.run(wrong)).rejects.toThrow(message);
    await session.release();
  });

  test('refuses a state it does not have and a state of another size', async () => {
    const session = await executor.compile(counter());
    expect(() => session.setState({ sums: Float32Array.of(1) })).toThrow(
      'setState: the program has no state "sums"; it has "sum", "table", "before"',
    );
    expect(() => session.setState({ table: Float32Array.of(1) })).toThrow(
      'setState: state "table" has shape [4] (4 values), found 1 values',
    );
    await session.release();
  });

  test('a static size that differs is told with both shapes', async () => {
    const session = await executor.compile(g.programOf({ outputs: { y: g.exp(g.input('x', ['N', 3])) }, state: [] }));
    await expect(session.run({ x: { data: new Float32Array(8), shape: [2, 4] } })).rejects.toThrow(
      'run: input "x" has shape [N, 3], fed [2, 4]',
    );
    await session.release();
  });

  test('stays finite and right at extreme values', async () => {
    const [x, logits] = [g.input('x', [4]), g.input('logits', [2, 3])];
    const outputs = {
      softplus: g.softplus(x),
      silu: g.silu(x),
      gelu: g.gelu(x),
      sigmoid: g.sigmoid(x),
      loss: g.crossEntropyRows(logits, g.input('targets', [2], 'int32')),
    };
    const session = await executor.compile(g.programOf({ outputs, state: [] }));
    const result = await session.run({
      x: floats(-200, -1e-3, 40, 200),
      logits: { data: Float32Array.of(0, 5000, -5000, -1e9, -1e9, 0), shape: [2, 3] },
      targets: whole(2, 2),
    });
    const close = (name: string, ...values: number[]): void =>
      values.forEach((value, i) => expect(result[name]![i], `${name} ${i}`).toBeCloseTo(value, 5));
    // softplus(-0.001) = log(1 + e^-0.001) = 0.6926473; sigmoid(-0.001) = 0.49975; gelu(-0.001) = -0.0005 (1 - 0.0008)
    // = -0.0004996.
    close('softplus', 0, 0.6926473, 40, 200);
    close('silu', 0, -0.00049975, 40, 200);
    close('gelu', 0, -0.0004996, 40, 200);
    close('sigmoid', 0, 0.49975, 1, 1);
    close('loss', 10_000, 0);
    await session.release();
  });
});

describe('the native package', () => {
  test('that is not installed is told with the fix and exit code 4', async () => {
    const missing = Object.assign(new Error("Cannot find package 'onnxruntime-node' imported from here"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    const error = await failure(() => Promise.reject(missing));
    expect(error).toMatchObject({
      exitCode: 4,
      message:
        'engine onnxruntime: the package onnxruntime-node is not installed: ' +
        "Cannot find package 'onnxruntime-node' imported from here",
    });
    expect(error.hint).toContain('npm ci');
  });

  test('whose binary does not load is told with the platform and the reason', async () => {
    const broken = Object.assign(new Error("libstdc++.so.6: version `GLIBCXX_3.4.32' not found\nat dlopen"), {
      code: 'ERR_DLOPEN_FAILED',
    });
    const error = await failure(() => Promise.reject(broken));
    expect(error.exitCode).toBe(4);
    expect(error.message).toBe(
      `engine onnxruntime: the package onnxruntime-node does not load on ${process.platform}/${process.arch}: ` +
        `libstdc++.so.6: version \`GLIBCXX_3.4.32' not found`,
    );
    expect(error.cause).toBe(broken);
  });

  async function failure(load: () => Promise<never>): Promise<UserError> {
    const program = g.programOf({ outputs: { y: g.input('x', []) }, state: [] });
    const error: unknown = await onnxruntimeCpu(load)
      .compile(program)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
});

test('a second run before the first ends is refused: the state has one order', async () => {
  const session = await onnxruntimeCpu().compile(counter());
  const first = session.run({ rate: 1, rows: whole(0), weights: floats(1) });
  await expect(session.run({ rate: 1, rows: whole(0), weights: floats(1) })).rejects.toThrow('a run is under way');
  expect(() => session.setState({ sum: Float32Array.of(1) })).toThrow('a run is under way');
  await first;
  await session.release();
});
