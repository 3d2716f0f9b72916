/**
 * Peak memory against programs small enough to count by hand, and against brute force over every moment of random ones.
 */
import { describe, expect, it } from 'vitest';
import {
  add,
  constant,
  input,
  matmul,
  multiply,
  peakMemoryOf,
  programOf,
  reshape,
  sum,
  type Program,
  type Tensor,
} from '../../harness/graph/index.ts';

describe('peakMemoryOf', () => {
  it('counts a chain by hand: of n, n + 1 and the sum only two are alive at once', () => {
    const x = input('x', ['N']);
    const a = add(x, constant(1));
    const b = multiply(a, a);
    const c = multiply(b, b);
    const { feedBytes, intermediateBytes, constantBytes, stateBytes, totalBytes } = peakMemoryOf(
      programOf({ outputs: { total: sum(c, [0]) }, state: [] }),
      { N: 1000 },
    );
    expect({ feedBytes, intermediateBytes, constantBytes, stateBytes, totalBytes }).toEqual({
      feedBytes: 4000,
      intermediateBytes: 8000,
      constantBytes: 4,
      stateBytes: 0,
      totalBytes: 12_004,
    });
  });

  it('keeps what is read later alive, through a view as well, and outputs to the end', () => {
    const x = input('x', [10, 10]);
    const early = multiply(x, x);
    const view = reshape(reshape(early, [100]), [10, 10]);
    const late = sum(multiply(view, matmul(x, x)), [0, 1]);
    // squares, product, their product
    expect(peakMemoryOf(programOf({ outputs: { late }, state: [] }), {}).intermediateBytes).toBe(1200);
    const after = sum(multiply(add(x, x), add(x, constant(1))), [0, 1]);
    // squares to the end, two sums, their product
    expect(peakMemoryOf(programOf({ outputs: { early, after }, state: [] }), {}).intermediateBytes).toBe(1600);
  });

  it('holds a changing state twice, a constant one once, and half-precision ones in half', () => {
    const [w, m, k] = [input('w', [100]), input('m', [100]), input('k', [100])];
    const state = [
      { name: 'w', input: w, next: add(w, k) },
      { name: 'm', input: m, next: multiply(m, m), storage: 'bfloat16' as const },
      { name: 'k', input: k, next: k },
    ];
    const { stateBytes, intermediateBytes } = peakMemoryOf(programOf({ outputs: {}, state }), {});
    expect([stateBytes, intermediateBytes]).toEqual([2 * 400 + 2 * 200 + 400, 0]);
  });

  it('is what brute force finds over random programs', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const program = randomProgram(seed);
      expect(peakMemoryOf(program, {}).intermediateBytes, `seed ${seed}`).toBe(bruteForce(program));
    }
  });

  it('says which size is not bound', () => {
    expect(() =>
      peakMemoryOf(programOf({ outputs: { y: add(input('x', ['N']), constant(1)) }, state: [] }), {}),
    ).toThrow('size "N" is not bound');
  });
});

/** Sums and products of earlier tensors of one size, some of them views; reproducible without a clock. */
function randomProgram(seed: number): Program {
  let state = seed * 2654435761;
  const next = (bound: number): number => ((state = (state * 1664525 + 1013904223) >>> 0) >>> 8) % bound;
  const tensors: Tensor[] = [input('x', [6]), input('y', [6])];
  for (let index = 0; index < 12; index++) {
    const [a, b] = [tensors[next(tensors.length)] as Tensor, tensors[next(tensors.length)] as Tensor];
    const kind = next(3);
    tensors.push(kind === 0 ? add(a, b) : kind === 1 ? multiply(a, b) : reshape(reshape(a, [2, 3]), [6]));
  }
  return programOf({
    outputs: { last: tensors.at(-1) as Tensor, other: add(tensors[5] as Tensor, tensors[7] as Tensor) },
    state: [],
  });
}

/**
 * At every operation: the bytes of all values made so far (by itself included) that it, a later operation or the caller
 * still reads.
 */
function bruteForce({ tensors, outputs }: Program): number {
  const isView = ({ op }: Tensor): boolean => op === 'reshape';
  const owner = (tensor: Tensor): Tensor => (isView(tensor) ? owner(tensor.inputs[0] as Tensor) : tensor);
  let widest = 0;
  tensors.forEach((_, now) => {
    const made = tensors
      .slice(0, now + 1)
      .filter((tensor) => !isView(tensor) && tensor.op !== 'input' && tensor.op !== 'constant');
    const read = new Set(
      [tensors[now] as Tensor, ...tensors.slice(now).flatMap(({ inputs }) => inputs), ...Object.values(outputs)].map(
        owner,
      ),
    );
    const alive = made.filter((tensor) => read.has(tensor));
    widest = Math.max(
      widest,
      alive.reduce(
        (bytes, { shape }) => bytes + 4 * shape.reduce<number>((product, dim) => product * Number(dim), 1),
        0,
      ),
    );
  });
  return widest;
}
