import { describe, test } from 'vitest';
import { allCases } from '../graph/op-cases.ts';
import { onnxExecutors } from './executors.ts';
import { expectReferenceValues } from './operation-contract.ts';

describe.each(onnxExecutors)(
  '%s gives the values and gradients of the float64 reference, for two batch shapes in one session',
  (_, executor) => {
    test.each(allCases.map(({ kind, opCase }) => [`${kind}: ${opCase.title}`, opCase] as const))(
      '%s',
      async (_, opCase) => {
        await expectReferenceValues(executor, opCase);
      },
    );
  },
);
