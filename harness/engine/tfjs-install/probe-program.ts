/**
 * One training step of a tiny transformer, fed with fixed numbers: enough to touch the products, sums, lookups and
 * normalizations that real steps are made of, and small enough for the float64 reference.
 */
import * as g from '../../graph/index.ts';
import type { Feeds } from '../executor.ts';

const [tokens, width, hidden, vocabulary, learningRate] = [6, 8, 12, 11, 0.1];

const shapes: Readonly<Record<string, readonly [number] | readonly [number, number]>> = {
  embedding: [vocabulary, width],
  attentionNorm: [width],
  query: [width, width],
  key: [width, width],
  value: [width, width],
  feedForwardNorm: [width],
  gate: [width, hidden],
  up: [width, hidden],
  down: [hidden, width],
  head: [width, vocabulary],
};

export interface Probe {
  readonly program: g.Program;
  readonly initial: Readonly<Record<string, Float32Array>>;
  readonly feeds: Feeds;
}

export function probe(): Probe {
  const parameters = new Map(Object.entries(shapes).map(([name, shape]) => [name, g.input(name, shape)] as const));
  const loss = lossOf((name) => parameters.get(name) as g.Tensor);
  const gradients = g.gradients(loss, [...parameters.values()]);
  const state = [...parameters].map(([name, input], index) => stepOf(name, input, gradients[index] as g.Tensor));
  const indices = (step: number): Int32Array => Int32Array.from({ length: tokens }, (_, i) => (i * step) % vocabulary);
  return {
    program: g.programOf({ outputs: { loss }, state }),
    initial: Object.fromEntries(Object.entries(shapes).map(([name, shape], at) => [name, waveOf(shape, at)])),
    feeds: {
      tokens: { data: indices(3), shape: [tokens] },
      targets: { data: indices(5), shape: [tokens] },
    },
  };
}

function stepOf(name: string, input: g.Tensor, gradient: g.Tensor): g.StateEntry {
  return {
    name,
    input: input as g.StateEntry['input'],
    next: g.subtract(input, g.multiply(gradient, g.constant(learningRate))),
  };
}

function lossOf(parameter: (name: string) => g.Tensor): g.Tensor {
  const by = (x: g.Tensor, name: string): g.Tensor => g.matmul(x, parameter(name));
  const x = g.gatherRows(parameter('embedding'), g.input('tokens', ['N'], 'int32'));
  const normed = g.rmsNorm(x, parameter('attentionNorm'), 1e-6);
  const scores = g.matmul(by(normed, 'query'), by(normed, 'key'), { transposeB: true, scale: 1 / Math.sqrt(width) });
  const middle = g.add(x, g.matmul(g.softmax(scores), by(normed, 'value')));
  const fed = g.rmsNorm(middle, parameter('feedForwardNorm'), 1e-6);
  const last = g.add(middle, by(g.multiply(g.silu(by(fed, 'gate')), by(fed, 'up')), 'down'));
  return g.mean(g.crossEntropyRows(by(last, 'head'), g.input('targets', ['N'], 'int32')), [0]);
}

/** Numbers between -0.6 and 0.6 without a pattern that a transposition would keep; those of vectors are around 1. */
function waveOf(shape: readonly number[], at: number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const around = shape.length === 1 ? 1 : 0;
  return Float32Array.from({ length: count }, (_, index) => around + 0.6 * Math.sin(1 + at + index * index * 0.7));
}
