/** Fields of corpora that choose files by patterns of their paths. */
import { z } from 'zod';
import { patternProblem } from '../../data/index.ts';
import type { RuleBreak } from '../../spec/index.ts';

export const pathPatterns = {
  include: z
    .array(z.string().min(1))
    .min(1)
    .default(['**'])
    .describe('Patterns of files to read, relative to the top: *, ?, **, {a,b}, [abc].'),
  exclude: z.array(z.string().min(1)).default([]).describe('Patterns of files to leave out.'),
};

export function patternRules(spec: {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}): readonly RuleBreak[] {
  return (['include', 'exclude'] as const).flatMap((field) =>
    spec[field].flatMap((pattern) => {
      const found = patternProblem(pattern);
      return found === null ? [] : [{ fields: [field], expected: 'patterns of paths', found }];
    }),
  );
}

/** A problem that names its field, as broken rules. */
export function problemRules(
  problem: { readonly field: string; readonly expected: string; readonly found: string } | null,
): readonly RuleBreak[] {
  return problem === null ? [] : [{ fields: [problem.field], expected: problem.expected, found: problem.found }];
}
