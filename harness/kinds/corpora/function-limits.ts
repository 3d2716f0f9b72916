/** Fields that every corpus of functions has. */
import { z } from 'zod';
import { count, type RuleBreak } from '../../spec/index.ts';

export const functionLimits = {
  minCharacters: count.default(60).describe('Length limits of a whole function (prompt + body), in characters.'),
  maxCharacters: count.default(400),
};

export const heldOutFunctions = z
  .number()
  .int()
  .min(0)
  .default(500)
  .describe('Functions kept out of pretraining, for the held-out code-pair accuracy; split by function.');

export function limitRules(spec: {
  readonly minCharacters: number;
  readonly maxCharacters: number;
}): readonly RuleBreak[] {
  if (spec.minCharacters < spec.maxCharacters) return [];
  return [
    {
      fields: ['minCharacters', 'maxCharacters'],
      expected: `fewer than maxCharacters (${spec.maxCharacters})`,
      found: String(spec.minCharacters),
    },
  ];
}
