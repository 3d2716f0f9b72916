/** Fields that every way of describing functions has. */
import { z } from 'zod';
import { placesOf, promptPlaces, usualPrompt } from '../../data/index.ts';
import type { DescriptionsSpec, RuleBreak } from '../../spec/index.ts';

export const promptFields = {
  template: z
    .string()
    .default(usualPrompt)
    .describe(
      'The prompt of a function. {description}: what it does in plain words; {comment}: the same as a comment of its ' +
        'language; {signature}; {language}. A line that names a description is left out where there is none.',
    ),
  require: z
    .boolean()
    .default(false)
    .describe('true: no pairs of functions without a description; what is wanted of them can be undecidable.'),
};

export function templateRules({ template }: DescriptionsSpec): readonly RuleBreak[] {
  const unknown = unknownPlaces('template', template, promptPlaces);
  if (unknown.length > 0 || template.endsWith('{signature}')) return unknown;
  return [
    {
      fields: ['template'],
      expected: 'a prompt that ends with {signature}: the response continues it',
      found: JSON.stringify(template.slice(-24)),
    },
  ];
}

/** Places of a template that nothing fills. */
export function unknownPlaces(field: string, template: string, known: readonly string[]): readonly RuleBreak[] {
  const unknown = placesOf(template).filter((name) => !known.includes(name));
  return unknown.map((name) => ({
    fields: [field],
    expected: known.map((one) => `{${one}}`).join(', '),
    found: `{${name}}`,
  }));
}
