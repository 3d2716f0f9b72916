/** Fields that every corpus of functions has. */
import { z } from 'zod';
import { fileSorts, languages, permissiveLicenses } from '../../data/index.ts';
import { count, type RuleBreak } from '../../spec/index.ts';

const languageNames = languages.map(({ name }) => name) as [string, ...string[]];

const functionLimits = {
  minCharacters: count.default(60).describe('Length limits of a whole function (signature + body), in characters.'),
  maxCharacters: count.default(400),
  units: z
    .array(z.enum(['function', 'method', 'class']))
    .min(1)
    .default(['function', 'method'])
    .describe('What is cut out of a file. A class is taken whole, and then its methods are not.'),
};

const maxSimilarity = z
  .number()
  .min(0.5)
  .max(1)
  .nullable()
  .default(0.7)
  .describe(
    'Of functions that share this much of their token 5-grams (Jaccard index, estimated by MinHash) one is kept; ' +
      'null = only equal ones are left out.',
  );

/** @param usual Names of languages; null = all. */
function languagesField(usual: readonly string[] | null): z.ZodType<readonly string[]> {
  return z
    .array(z.enum(languageNames))
    .min(1)
    .default([...(usual ?? languageNames)])
    .describe('Languages that are read, by the extension of a file.');
}

/** @param usual For code of other people: `permissiveLicenses`; null = any. */
function licensesField(usual: readonly string[] | null): z.ZodType<readonly string[] | null> {
  return z
    .array(z.string().min(1))
    .min(1)
    .nullable()
    .default(usual === null ? null : [...usual])
    .describe(
      'SPDX identifiers of the licences that are permitted; null = any. Permissive ones: ' +
        `${permissiveLicenses.join(', ')}. \`unknown\` stands for files whose licence nothing says.`,
    );
}

const keep = z
  .array(z.enum(fileSorts))
  .default([])
  .describe('Sorts of files that are read though they are left out otherwise.');

const heldOutFunctions = z
  .number()
  .int()
  .min(0)
  .default(500)
  .describe('Functions kept out of pretraining, for the held-out code-pair accuracy; split by function.');

/**
 * What every corpus says of the files and functions that it takes.
 * @param usual Languages and licences where nothing is written; null = all, and any.
 */
export function cutFields(usual: {
  readonly languages: readonly string[] | null;
  readonly licenses: readonly string[] | null;
}) {
  return {
    languages: languagesField(usual.languages),
    licenses: licensesField(usual.licenses),
    keep,
    ...functionLimits,
    maxSimilarity,
    heldOutFunctions,
  };
}

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
