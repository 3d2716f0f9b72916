import { describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { gradients, input, programOf, sum, multiply } from '../../harness/graph/index.ts';
import type { OptimizerSpec } from '../../harness/spec/experiment-schema.ts';
import { adamW, squaredSum } from '../../harness/train/adamw.ts';
import { adamWScalars } from '../../harness/train/index.ts';

const optimizer: OptimizerSpec = {
  kind: 'adamw',
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.5,
  clipNorm: null,
  momentStorage: null,
  ema: null,
};

/** Minimizes slope . parameter, so the gradient is `slope` at every step. */
async function descend(
  shape: number[],
  start: number,
  slope: number,
  steps: number,
  changes: Partial<OptimizerSpec> = {},
) {
  const parameter = input('p', shape);
  const moments = { first: input('m', shape), second: input('v', shape) };
  const loss = sum(
    multiply(parameter, input('slope', shape)),
    shape.map((_, axis) => axis),
  );
  const [gradient] = gradients(loss, [parameter]);
  if (!gradient) throw new Error('no gradient');
  const {
    updated: [next],
    gradientNorm,
  } = adamW([{ parameter, gradient, moments, decays: shape.length > 1 }]);
  if (!next) throw new Error('no update');
  const state = [
    { name: 'p', input: parameter, next: next.parameter },
    { name: 'm', input: moments.first, next: next.first },
    { name: 'v', input: moments.second, next: next.second },
  ];
  const session = await referenceExecutor().compile(programOf({ outputs: { gradientNorm }, state }));
  const size = shape.reduce((a, b) => a * b, 1);
  session.setState({ p: new Float32Array(size).fill(start) });
  let norm = NaN;
  for (let step = 0; step < steps; step++) {
    const { weightShrink = NaN, ...scalars } = adamWScalars({ ...optimizer, ...changes }, optimizer.learningRate, step);
    // Decay is not even an input where nothing decays.
    const outputs = await session.run({
      slope: { data: new Float32Array(size).fill(slope), shape },
      ...scalars,
      ...(shape.length > 1 && { weightShrink }),
    });
    norm = outputs['gradientNorm']?.[0] ?? NaN;
  }
  const values = await session.getState();
  await session.release();
  return { p: values['p']?.[0] ?? NaN, m: values['m']?.[0] ?? NaN, v: values['v']?.[0] ?? NaN, norm };
}

describe('adamW', () => {
  it('takes two steps on a matrix as computed by hand', async () => {
    // Constant gradient 2: bias-corrected moments are 2 and 4 at every step, so each change is 0.1 x 2/2 = 0.1, after
    // decay by 1 - 0.1 x 0.5 = 0.95. p: 1 -> 0.95 - 0.1 = 0.85 -> 0.85 x 0.95 - 0.1 = 0.7075. m: 0.2 -> 0.38. v: 0.04
    // -> 0.0796.
    const { p, m, v, norm } = await descend([1, 1], 1, 2, 2);
    expect(p).toBeCloseTo(0.7075, 6);
    expect(m).toBeCloseTo(0.38, 6);
    expect(v).toBeCloseTo(0.0796, 6);
    expect(norm).toBeCloseTo(2, 6);
  });

  it('does not decay biases and norms', async () => {
    expect((await descend([1], 1, 2, 2)).p).toBeCloseTo(0.8, 6); // 1 - 0.1 - 0.1
  });

  it('clips by the global norm, and only above the limit', async () => {
    // Four elements of 3: norm 6. Limit 1.5 scales them by 1/4 to 0.75: m = 0.1 x 0.75, v = 0.01 x 0.5625.
    const clipped = await descend([2, 2], 1, 3, 1, { clipNorm: 1.5 });
    expect(clipped.norm).toBeCloseTo(6, 6);
    expect(clipped.m).toBeCloseTo(0.075, 7);
    expect(clipped.v).toBeCloseTo(0.005625, 8);
    for (const clipNorm of [6.5, 1000, null])
      expect((await descend([2, 2], 1, 3, 1, { clipNorm })).m, `limit ${clipNorm}`).toBeCloseTo(0.3, 7);
  });

  it('does not move a matrix without gradient, but for the decay', async () => {
    expect((await descend([1, 1], 1, 0, 1)).p).toBeCloseTo(0.95, 6);
  });
});

describe('squaredSum', () => {
  it('keeps six digits over a million float32 values, which one running sum does not', async () => {
    const x = input('x', [1024, 1024]);
    const session = await onnxruntimeCpu().compile(programOf({ outputs: { sum: squaredSum(x) }, state: [] }));
    // Squares of 1e-3 sqrt(i / n): their sum is 1e-6 (n - 1) / 2, with n = 2^20.
    const n = 1024 * 1024;
    const data = Float32Array.from({ length: n }, (_, index) => 1e-3 * Math.sqrt(index / n));
    const { sum: found } = await session.run({ x: { data, shape: [1024, 1024] } });
    await session.release();
    expect(Math.abs((found?.[0] ?? Number.NaN) / ((1e-6 * (n - 1)) / 2) - 1)).toBeLessThan(1e-6);
  });
});
