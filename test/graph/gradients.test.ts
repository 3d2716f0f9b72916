import { describe, expect, test } from 'vitest';
import { evaluateProgram, type DenseArray } from '../../harness/engine/index.ts';
import * as g from '../../harness/graph/index.ts';
import type { Tensor } from '../../harness/graph/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { finiteDifferences, largestDifference } from './finite-differences.ts';
import { allCases, BINDINGS, caseProgram, caseValues, GRADIENT_ONLY, opCases } from './op-cases.ts';

/** Truncation of the difference quotient is about h^2 = 1e-10, its rounding about 1e-16 / h = 1e-11 of the loss. */
const TOLERANCE = 1e-6;

describe('every gradient rule agrees with central finite differences in float64', () => {
  test.each(allCases.map(({ kind, opCase }) => [`${kind}: ${opCase.title}`, kind, opCase] as const))(
    '%s',
    (_, kind, opCase) => {
      const { program, inputs, y, loss } = caseProgram(opCase);
      expect(program.tensors.map((tensor) => tensor.op)).toContain(kind);
      for (const bindings of BINDINGS) {
        const byName = caseValues(opCase, y, bindings);
        const values = new Map<Tensor, DenseArray>(inputs.map((tensor) => [tensor, denseOf(byName, tensor)]));
        const results = evaluateProgram(program, values);
        for (const [index, { name, isChecked }] of opCase.inputs.entries()) {
          if (!isChecked) continue;
          const analytic = results.get(program.outputs[`gradient of ${name}`]!)!.data;
          expect(
            largestDifference(analytic, finiteDifferences(loss, inputs[index]!, values)),
            `gradient of ${name}`,
          ).toBeLessThan(TOLERANCE);
        }
      }
    },
  );

  test.each(Object.entries(GRADIENT_ONLY))('the cases of %s are reached through %s', (kind, source) => {
    const reached = opCases[source].some((opCase) =>
      caseProgram(opCase).program.tensors.some((tensor) => tensor.op === kind),
    );
    expect(reached).toBe(true);
  });
});

describe('a block of attention and MLP', () => {
  const [N, D, B, S] = ['N', 8, 'B', 'S'] as const;
  const random = randomStream(5, 'block');
  const weight = (name: string, shape: number[]): Tensor => g.input(name, shape);
  const parameters = {
    norm1: weight('norm1', [D]),
    qkv: weight('qkv', [D, 3 * D]),
    out: weight('out', [D, D]),
    norm2: weight('norm2', [D]),
    bias2: weight('bias2', [D]),
    gate: weight('gate', [D, 12]),
    up: weight('up', [D, 12]),
    down: weight('down', [12, D]),
    head: weight('head', [D, 11]),
    embedding: weight('embedding', [11, D]),
  };
  const tokens = g.input('tokens', [N], 'int32');
  const targets = g.input('targets', [N], 'int32');
  const positions = g.input('positions', [N], 'int32');
  const padIndex = g.input('padIndex', [B, S], 'int32');
  const packIndex = g.input('packIndex', [N], 'int32');
  const padMask = g.input('padMask', [B, S]);
  const mask = g.input('mask', [B, 1, S, S]);
  const angles = Array.from({ length: 10 }, (_, i) => 0.4 * i);
  const cosTable = g.constant({ shape: [5, 2], data: angles.map(Math.cos) });
  const sinTable = g.constant({ shape: [5, 2], data: angles.map(Math.sin) });

  const p = parameters;
  const x0 = g.gatherRows(p.embedding, tokens);
  const [q, k, v] = g.split(g.matmul(g.rmsNorm(x0, p.norm1, 1e-6), p.qkv), [D, D, D], 1) as [Tensor, Tensor, Tensor];
  const heads = (x: Tensor): Tensor =>
    g.transpose(g.reshape(g.padRows(x, padIndex, packIndex, padMask), [B, S, 2, 4]), [0, 2, 1, 3]);
  const turned = (x: Tensor): Tensor => heads(g.rope(x, positions, cosTable, sinTable, 4));
  const scores = g.matmul(turned(q), turned(k), { transposeB: true, scale: 0.5 });
  const mixed = g.matmul(g.softmax(g.add(scores, mask)), heads(v));
  const joined = g.packRows(g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [B, S, D]), packIndex, padIndex, padMask);
  const x1 = g.add(x0, g.matmul(joined, p.out));
  const n2 = g.layerNorm(x1, p.norm2, p.bias2, 1e-5);
  const hidden = g.multiply(g.silu(g.matmul(n2, p.gate)), g.gelu(g.matmul(n2, p.up)));
  const x2 = g.add(x1, g.matmul(hidden, p.down));
  const loss = g.mean(g.crossEntropyRows(g.matmul(x2, p.head), targets), [0]);

  const dense = (shape: number[], data: number[]): DenseArray => ({ shape, data: Float64Array.from(data) });
  const values = new Map<Tensor, DenseArray>([
    ...Object.values(parameters).map((tensor): [Tensor, DenseArray] => {
      const shape = tensor.shape as number[];
      return [
        tensor,
        dense(
          shape,
          Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.6 * random.normal()),
        ),
      ];
    }),
    [tokens, dense([7], [1, 2, 3, 4, 1, 5, 1])],
    [targets, dense([7], [2, 3, 4, 10, 5, 1, 0])],
    [positions, dense([7], [0, 1, 2, 3, 0, 1, 2])],
    [padIndex, dense([2, 4], [0, 1, 2, 3, 4, 5, 6, 0])],
    [packIndex, dense([7], [0, 1, 2, 3, 4, 5, 6])],
    [padMask, dense([2, 4], [1, 1, 1, 1, 1, 1, 1, 0])],
    [
      mask,
      dense(
        [2, 1, 4, 4],
        Array.from({ length: 32 }, (_, i) => (i % 4 <= Math.floor(i / 4) % 4 ? 0 : -1e9)),
      ),
    ],
  ]);

  test('has the gradient that finite differences measure, for every parameter', () => {
    const names = Object.keys(parameters) as (keyof typeof parameters)[];
    const outputs = g.gradients(
      loss,
      names.map((name) => parameters[name]),
    );
    const program = g.programOf({
      outputs: Object.fromEntries(outputs.map((tensor, index) => [names[index]!, tensor])),
      state: [],
    });
    const results = evaluateProgram(program, values);
    for (const name of names) {
      const measured = finiteDifferences(loss, parameters[name], values);
      expect(largestDifference(results.get(program.outputs[name]!)!.data, measured), name).toBeLessThan(TOLERANCE);
      expect(Math.max(...measured.map(Math.abs)), `${name} matters`).toBeGreaterThan(1e-4);
    }
  });
});

describe('what differentiation refuses and cuts', () => {
  const x = g.input('x', [3]);

  test('stopGradient lets the value through and nothing back', () => {
    // d/dx sum(x * stop(x)) = stop(x), not 2x.
    const [gradient] = g.gradients(g.sum(g.multiply(x, g.stopGradient(x)), [0]), [x]) as [Tensor];
    const program = g.programOf({ outputs: { gradient }, state: [] });
    const value = { shape: [3], data: Float64Array.of(1, -2, 3) };
    expect([...evaluateProgram(program, new Map([[x, value]])).get(gradient)!.data]).toEqual([1, -2, 3]);
  });

  test('an input the loss does not depend on is an error that names it', () => {
    const unused = g.input('unused', [2]);
    expect(() => g.gradients(g.sum(x, [0]), [x, unused])).toThrow('the loss does not depend on input "unused" [2]');
    expect(() => g.gradients(g.sum(g.stopGradient(x), [0]), [x])).toThrow('input "x" [3]');
  });

  test('a loss that is not a scalar is an error', () => {
    expect(() => g.gradients(x, [x])).toThrow('the loss must be a scalar, found input "x" [3]');
  });

  test('a second derivative of a fused operation is refused rather than wrong', () => {
    const [first] = g.gradients(g.sum(g.silu(x), [0]), [x]) as [Tensor];
    expect(() => g.gradients(g.sum(first, [0]), [x])).toThrow('siluDerivative has no derivative');
  });
});

function denseOf(byName: ReturnType<typeof caseValues>, tensor: Tensor): DenseArray {
  const found = byName.get(tensor.op === 'input' ? tensor.attributes.name : '');
  if (found === undefined) throw new Error(`no values for ${g.describe(tensor)}`);
  return { shape: found.shape, data: Float64Array.from(found.values) };
}
