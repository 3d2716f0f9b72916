import { describe, test } from 'vitest';
import { allCases } from '../graph/op-cases.ts';
import { expectReferenceValues } from './operation-contract.ts';
import { portable, tfjsOn } from './tfjs-backends.ts';

describe.each(portable)(
  'tfjs on %s gives the values and gradients of the float64 reference, for two batch shapes in one session',
  (name) => {
    test.each(allCases.map(({ kind, opCase }) => [`${kind}: ${opCase.title}`, opCase] as const))(
      '%s',
      async (_, opCase) => {
        await expectReferenceValues(await tfjsOn(name), opCase);
      },
    );
  },
);
