/** A stronger and a weaker model answer the same prompt: CodePMP's own way to pairs (arXiv 2410.02229). */
import { z } from 'zod';
import type { GeneratorSpec } from '../../spec/index.ts';
import { generatorRules, generatorSchema } from '../generators/schema.ts';
import type { PairsKind } from '../kind.ts';
import { answeredLengths, answerFields, expectedAnswered, pairsOfSides } from './answered.ts';

const schema = z.strictObject({
  kind: z.literal('models'),
  stronger: generatorSchema.describe('Its completions are chosen.'),
  weaker: generatorSchema.describe('Its completions are rejected.'),
  ...answerFields,
});

interface ModelsSpec extends z.output<typeof schema> {
  readonly stronger: GeneratorSpec;
  readonly weaker: GeneratorSpec;
}

export const models: PairsKind<ModelsSpec> = {
  kind: 'models',
  schema,
  restated: ['stronger', 'weaker', 'expectedTokens'],
  readsCorpus: true,
  generators: ({ stronger, weaker }) => ({ stronger, weaker }),
  rules: (spec) => [
    ...generatorRules('stronger', spec.stronger),
    ...generatorRules('weaker', spec.weaker),
    ...(JSON.stringify(spec.stronger) === JSON.stringify(spec.weaker)
      ? [{ fields: ['weaker', 'stronger'], expected: 'another model than stronger', found: 'the same' }]
      : []),
  ],
  lengths: answeredLengths,
  expectedPairs: ({ stronger, weaker }, corpus) => expectedAnswered(Math.max(stronger.samples, weaker.samples), corpus),
  make: async (spec, inputs) => pairsOfSides(spec, inputs, { chosen: 'stronger', rejected: 'weaker' }),
};
