import { describe, expect, test } from 'vitest';
import { referenceExecutor, type Feeds } from '../../harness/engine/index.ts';
import type { DataType } from '../../harness/graph/index.ts';
import { largestDifference } from '../graph/finite-differences.ts';
import { allCases, BINDINGS, caseProgram, caseValues } from '../graph/op-cases.ts';
import { onnxExecutors } from './executors.ts';

/** float32 sums of at most a few dozen terms of size one, through functions that lose a digit. */
const TOLERANCE = 2e-5;

describe.each(onnxExecutors)('%s gives the values and gradients of the float64 reference, for two batch shapes in one session', (_, executor) => {
  test.each(allCases.map(({ kind, opCase }) => [`${kind}: ${opCase.title}`, opCase] as const))('%s', async (_, opCase) => {
    const { program, y } = caseProgram(opCase);
    const reference = await referenceExecutor().compile(program);
    const session = await executor.compile(program);
    for (const bindings of BINDINGS) {
      const feeds = feedsOf(caseValues(opCase, y, bindings), program.inputs.map((input) => input.attributes.name));
      const expected = await reference.run(feeds);
      const found = await session.run(feeds);
      for (const name of Object.keys(expected)) expect(largestDifference(found[name]!, expected[name]!), name).toBeLessThan(TOLERANCE);
    }
    await session.release();
  });
});

function feedsOf(values: ReadonlyMap<string, { shape: number[]; values: number[]; dtype: DataType }>, names: readonly string[]): Feeds {
  return Object.fromEntries(
    names.map((name) => {
      const { shape, values: numbers, dtype } = values.get(name)!;
      return [name, { shape, data: dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers) }];
    }),
  );
}
