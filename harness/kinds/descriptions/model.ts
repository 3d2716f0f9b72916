/** Descriptions by a language model that reads the code, as in CodePMP (arXiv 2410.02229): code -> description. */
import { z } from 'zod';
import { fillTemplate } from '../../data/index.ts';
import type { GeneratorSpec } from '../../spec/index.ts';
import { generatorRules, generatorSchema } from '../generators/schema.ts';
import type { DescriptionsKind } from '../kind.ts';
import { promptFields, templateRules, unknownPlaces } from './prompt-fields.ts';

const schema = z.strictObject({
  kind: z.literal('model'),
  generator: generatorSchema.describe(
    'The model that describes. One that the experiment trains learns it from the functions that have a description.',
  ),
  ask: z
    .string()
    .default('{signature}{body}\n')
    .describe('The prompt that asks for a description. {signature}, {body}, {language}.'),
  keepDocumented: z.boolean().default(true).describe("false: the model's text also where the author wrote one."),
  ...promptFields,
});

type ModelDescriptionsSpec = z.output<typeof schema> & { readonly generator: GeneratorSpec };

export const model: DescriptionsKind<ModelDescriptionsSpec> = {
  kind: 'model',
  schema,
  restated: ['generator'],
  writer: ({ generator, ask }) => ({ generator, ask }),
  rules: (spec) => [
    ...templateRules(spec),
    ...unknownPlaces('ask', spec.ask, ['signature', 'body', 'language']),
    ...generatorRules('generator', spec.generator),
  ],
  ask: ({ ask, keepDocumented }, { signature, body, language, description }) =>
    keepDocumented && description !== null ? null : fillTemplate(ask, { signature, body, language }),
  describe: ({ keepDocumented }, { description }, written) =>
    keepDocumented && description !== null ? description : inOneParagraph(written),
};

const maxCharacters = 600;

/** The first paragraph, on one line; null where nothing was written. */
function inOneParagraph(written: string | null): string | null {
  const [paragraph = ''] = (written ?? '').trim().split(/\n\s*\n/);
  return paragraph.replaceAll(/\s+/g, ' ').slice(0, maxCharacters).trim() || null;
}
