/**
 * Every family against `transformers` itself: fixtures/transformers_families.py builds its classes, gives them weights
 * by a formula and writes down what they compute, beside the config.json that they write.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { familyNamed, familyNames } from '../../harness/families/index.ts';
import { parameterShapes, readConfig, type ModelConfig, type Parameters } from '../../harness/model/index.ts';
import { parityNumbers, type ParityInputs, type ParityNumbers } from './parity-program.ts';

interface Case extends Omit<ParityNumbers, 'gradients'> {
  readonly config: Readonly<Record<string, unknown>>;
  /** Shape, norm and a projection. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const file = new URL('fixtures/transformers-families.json', import.meta.url);
const { cases, ...given } = JSON.parse(readFileSync(file, 'utf8')) as Omit<ParityInputs, 'parameters'> & {
  readonly cases: Readonly<Record<string, Case>>;
};
const folder = mkdtempSync(join(tmpdir(), 'transformers-families-'));
afterAll(() => rmSync(folder, { recursive: true }));

function modelOf({ config }: Case): ModelConfig {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  return readConfig(path).model;
}

/** Element i of tensor t, in the order of names, is 0.4 sin(0.37 i + t + 1), + 1 for norms that multiply. */
function byFormula(model: ModelConfig): Parameters {
  const { norm } = familyNamed(model.family).parts;
  const shapes = [...parameterShapes(model)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    shapes.map(([name, shape], t) => {
      const offset = shape.length === 1 && name.endsWith('.weight') ? 1 - norm.weightOffset : 0;
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, Float32Array.from({ length: size }, (_, i) => 0.4 * Math.sin(0.37 * i + t + 1) + offset)];
    }),
  );
}

/** Largest difference beside the largest value. */
function relativeError(found: readonly number[], expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...found.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN)))) / largest;
}

it('has a case for every family', () => {
  const types = Object.values(cases).map(({ config }) => config['model_type']);
  expect(types.toSorted()).toEqual(familyNames.map((name) => familyNamed(name).dialect.modelType).toSorted());
});

describe.each(Object.entries(cases))('%s', (_, expected) => {
  const model = modelOf(expected);

  it('has the parameters that transformers has', () => {
    const shapes = Object.fromEntries(parameterShapes(model));
    expect(shapes).toEqual(
      Object.fromEntries(Object.entries(expected.gradients).map(([name, numbers]) => [name, numbers.slice(0, -2)])),
    );
  });

  it.each([referenceExecutor(), onnxruntimeCpu()])('computes what transformers computes (%#)', async (executor) => {
    const found = await parityNumbers(model, { ...given, parameters: byFormula(model) }, executor);
    expect(relativeError([found.loss], [expected.loss])).toBeLessThan(1e-5);
    expect(relativeError(found.rewards, expected.rewards)).toBeLessThan(1e-5);
    expect(relativeError(found.logits, expected.logits)).toBeLessThan(1e-5);
    const largest = Math.max(...Object.values(expected.gradients).map((numbers) => numbers.at(-2) ?? 0));
    for (const [name, numbers] of Object.entries(expected.gradients)) {
      const slope = found.gradients[name] ?? [];
      const summary = [Math.hypot(...slope), slope.reduce((sum, x, i) => sum + x * Math.cos(i), 0)];
      const [norm, projection] = numbers.slice(-2) as [number, number];
      const error = Math.max(Math.abs((summary[0] ?? 0) - norm), Math.abs((summary[1] ?? 0) - projection));
      expect(error / (norm + 0.05 * largest), name).toBeLessThan(1e-5);
    }
  });
});
