/**
 * Every family against PyTorch: fixtures/make_family_fixtures.py computes each response alone, in float64, and shares
 * nothing with the harness but the parameter values.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { parameterShapes, modelConfig, type ModelConfig } from '../../harness/model/index.ts';
import { modelSchema, type ModelConstants } from '../../harness/spec/experiment-schema.ts';
import { parityNumbers } from './parity-program.ts';

interface Case {
  readonly model: Omit<Partial<ModelConfig>, 'constants'> & { readonly constants?: Partial<ModelConstants> };
  readonly loss: number;
  readonly rewards: readonly number[];
  readonly logits: readonly number[];
  /** Shape, norm and a projection. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const fixtures = JSON.parse(readFileSync(new URL('fixtures/families.json', import.meta.url), 'utf8')) as {
  readonly vocabSize: number;
  readonly pairwiseWeight: number;
  readonly lmWeight: number;
  readonly pairs: readonly { prompt: number[]; chosen: number[]; rejected: number[] }[];
  readonly cases: Readonly<Record<string, Case>>;
};
const { vocabSize, pairwiseWeight, lmWeight } = fixtures;
const executors = { reference: referenceExecutor(), onnxruntime: onnxruntimeCpu() };
/**
 * The reference computes in float64 from float32 parameters and tables; ONNX Runtime in float32. Gradients: relative to
 * 1 + norm.
 */
const tolerances = {
  reference: { value: 1e-6, gradient: 5e-7 },
  onnxruntime: { value: 5e-6, gradient: 3e-6 },
} as const;
/** Largest errors found, printed at the end: the numbers of docs/benchmarks.md. */
const worst = new Map<string, number>();

/** Element i of tensor t is 0.4 sin(0.37 i + t + 1), + 1 for weights of one dimension. */
function startValues(model: ModelConfig): Record<string, Float32Array> {
  return Object.fromEntries(
    [...parameterShapes(model)].map(([name, shape], t) => {
      const offset = shape.length === 1 && name.endsWith('.weight') ? 1 : 0;
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, Float32Array.from({ length: size }, (_, i) => 0.4 * Math.sin(0.37 * i + t + 1) + offset)];
    }),
  );
}

function expectClose(
  values: readonly number[],
  expected: readonly number[],
  { tolerance, scale = 1, what }: { tolerance: number; scale?: number; what: string },
): void {
  expect(values.length, what).toBe(expected.length);
  const error = Math.max(...values.map((value, index) => Math.abs(value - (expected[index] ?? NaN)) / scale));
  worst.set(what, Math.max(worst.get(what) ?? 0, error));
  expect(error, what).toBeLessThan(tolerance);
}

describe.each(Object.entries(fixtures.cases))('%s', (title, fixture) => {
  const model = modelConfig({ model: modelSchema.parse({ name: 'parity', ...fixture.model }), vocabSize });

  it('has the parameters that transformers has, in name, shape and order', () => {
    const shapes = [...parameterShapes(model)].map(([name, shape]) => [name, ...shape]);
    expect(shapes).toEqual(Object.entries(fixture.gradients).map(([name, numbers]) => [name, ...numbers.slice(0, -2)]));
  });

  it.each(['reference', 'onnxruntime'] as const)(
    'has the loss, logits, rewards and gradients of PyTorch (%s)',
    async (executor) => {
      const { value, gradient } = tolerances[executor];
      const inputs = { parameters: startValues(model), pairs: fixtures.pairs, pairwiseWeight, lmWeight };
      const found = await parityNumbers(model, inputs, executors[executor]);
      const where = `${executor} | ${title} |`;
      expectClose([found.loss], [fixture.loss], { tolerance: value, what: `${where} loss` });
      expectClose(found.rewards, fixture.rewards, { tolerance: value, what: `${where} rewards` });
      expectClose(found.logits, fixture.logits, { tolerance: value, what: `${where} logits` });
      for (const [name, numbers] of Object.entries(fixture.gradients)) {
        const [norm, projection] = numbers.slice(-2) as [number, number];
        const slope = found.gradients[name] ?? [];
        const summary = [Math.hypot(...slope), slope.reduce((sum, x, i) => sum + x * Math.cos(i), 0)];
        expectClose(summary, [norm, projection], { tolerance: gradient, scale: 1 + norm, what: `${where} gradients` });
      }
    },
  );
});

afterAll(() => {
  if (process.env['SHOW_PARITY'] === '1')
    console.log([...worst].map(([what, error]) => `${what} ${error.toExponential(1)}`).join('\n'));
});
