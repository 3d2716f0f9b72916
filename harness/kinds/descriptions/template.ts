/** A description by rule, from the name and the parameters; the author's own stays where there is one. */
import { z } from 'zod';
import { fillTemplate, namedSignature } from '../../data/index.ts';
import type { DescriptionsKind } from '../kind.ts';
import { promptFields, templateRules, unknownPlaces } from './prompt-fields.ts';

const places = ['name', 'words', 'parameters', 'language'] as const;

const schema = z.strictObject({
  kind: z.literal('template'),
  text: z
    .string()
    .min(1)
    .default('{words}')
    .describe('{name}: of the function; {words}: the words in its name; {parameters}: their names; {language}.'),
  keepDocumented: z.boolean().default(true).describe("false: the rule's text also where the author wrote one."),
  ...promptFields,
});

export const template: DescriptionsKind<z.output<typeof schema>> = {
  kind: 'template',
  schema,
  rules: (spec) => [...templateRules(spec), ...unknownPlaces('text', spec.text, places)],
  describe: ({ text, keepDocumented }, { description, signature, language }) =>
    keepDocumented && description !== null
      ? description
      : fillTemplate(text, { ...namedSignature(signature), language }),
};
