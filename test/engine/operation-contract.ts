/** What every executor owes each operation: the values and gradients of the float64 reference, whatever the batch. */
import { expect } from 'vitest';
import { referenceExecutor, type Executor, type Feeds } from '../../harness/engine/index.ts';
import type { DataType } from '../../harness/graph/index.ts';
import { largestDifference } from '../graph/finite-differences.ts';
import { BINDINGS, caseProgram, caseValues, type OpCase } from '../graph/op-cases.ts';

/** float32 sums of at most a few dozen terms of size one, through functions that lose a digit. */
const TOLERANCE = 2e-5;

/** For two batch shapes in one session. */
export async function expectReferenceValues(executor: Executor, opCase: OpCase): Promise<void> {
  const { program, y } = caseProgram(opCase);
  const reference = await referenceExecutor().compile(program);
  const session = await executor.compile(program);
  for (const bindings of BINDINGS) {
    const feeds = feedsOf(
      caseValues(opCase, y, bindings),
      program.inputs.map((input) => input.attributes.name),
    );
    const expected = await reference.run(feeds);
    const found = await session.run(feeds);
    for (const name of Object.keys(expected))
      expect(largestDifference(found[name]!, expected[name]!), name).toBeLessThan(TOLERANCE);
  }
  await session.release();
}

function feedsOf(
  values: ReadonlyMap<string, { shape: number[]; values: number[]; dtype: DataType }>,
  names: readonly string[],
): Feeds {
  return Object.fromEntries(
    names.map((name) => {
      const { shape, values: numbers, dtype } = values.get(name)!;
      return [name, { shape, data: dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers) }];
    }),
  );
}
