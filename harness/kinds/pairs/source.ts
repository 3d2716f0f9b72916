/** What people wrote is preferred to what a weak model writes for the same prompt. */
import { z } from 'zod';
import type { GeneratorSpec } from '../../spec/index.ts';
import { generatorRules, generatorSchema } from '../generators/schema.ts';
import type { PairsKind } from '../kind.ts';
import { answeredLengths, answerFields, expectedAnswered, pairsOfSides } from './answered.ts';

const schema = z.strictObject({
  kind: z.literal('source'),
  weaker: generatorSchema.describe("Its completions are rejected; the function's own body is chosen."),
  ...answerFields,
});

interface SourceSpec extends z.output<typeof schema> {
  readonly weaker: GeneratorSpec;
}

export const source: PairsKind<SourceSpec> = {
  kind: 'source',
  schema,
  restated: ['weaker', 'expectedTokens'],
  readsCorpus: true,
  generators: ({ weaker }) => ({ weaker }),
  rules: ({ weaker }) => generatorRules('weaker', weaker),
  lengths: answeredLengths,
  expectedPairs: ({ weaker }, corpus) => expectedAnswered(weaker.samples, corpus),
  make: async (spec, inputs) => pairsOfSides(spec, inputs, { chosen: null, rejected: 'weaker' }),
};
