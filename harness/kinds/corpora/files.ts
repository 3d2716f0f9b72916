/** Collections of source code in files of rows: JSONL, JSON or Parquet, such as The Stack or github-code. */
import { statSync } from 'node:fs';
import { z } from 'zod';
import {
  permissiveLicenses,
  readCollection,
  shapeNames,
  shapes,
  usualSourceNames,
  type SourceFieldName,
} from '../../data/index.ts';
import { location, type RuleBreak } from '../../spec/index.ts';
import type { CorpusKind } from '../kind.ts';
import { functionPairLengths } from '../lengths.ts';
import { fileRules, filesDigest } from '../preference-fields.ts';
import { cutFields, limitRules } from './function-limits.ts';

const nameSchemas = Object.fromEntries(
  Object.entries(usualSourceNames).map(([field, usual]) => [field, columnName(usual)]),
) as Record<SourceFieldName, ReturnType<typeof columnName>>;

function columnName(usual: readonly string[]): z.ZodDefault<z.ZodNullable<z.ZodString>> {
  const otherwise = `that of the shape, or the first that is there of ${usual.join(', ')}`;
  return z.string().min(1).nullable().default(null).describe(`Its column; null = ${otherwise}.`);
}

const fieldsSchema = z.strictObject(nameSchemas);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const filter = z.strictObject({
  column: z.string().min(1),
  in: z.array(scalar).min(1).optional(),
  notIn: z.array(scalar).min(1).optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
});

const schema = z.strictObject({
  kind: z.literal('files'),
  path: z
    .union([location, z.array(location).min(1)])
    .describe('A file of rows, or several: .jsonl or .json (also with .gz or .zst behind), or .parquet.'),
  shape: z
    .enum(shapeNames)
    .nullable()
    .default(null)
    .describe('The collection that the rows are of; null = the one whose columns they have, if any.'),
  fields: fieldsSchema
    .default(fieldsSchema.parse({}))
    .describe('What the columns are called. A dot goes into a structure or a list; entries of a list are rows.'),
  where: z
    .array(filter)
    .default([])
    .describe('Rows that are read, by their columns: each filter has one of in, notIn, atLeast, atMost.'),
  revision: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('Revision of the collection; recorded. The Stack asks for it.'),
  removals: location
    .nullable()
    .default(null)
    .describe('A list of repositories, owners or ids whose rows were withdrawn; they are left out.'),
  publish: z
    .enum(['text', 'ids'])
    .nullable()
    .default(null)
    .describe('What may be shown of its rows; null = ids for The Stack, text for others.'),
  ...cutFields({ languages: null, licenses: permissiveLicenses }),
});

type FilesSpec = z.output<typeof schema>;

export const collection: CorpusKind<FilesSpec> = {
  kind: 'files',
  schema,
  locations: ['path', 'removals'],
  rules: (spec) => [
    ...limitRules(spec),
    ...fileRules({ path: spec.path }),
    ...removalsRules(spec),
    ...filterRules(spec),
    ...termsRules(spec),
  ],
  digest: ({ path, removals }) => filesDigest('corpus', { path, ...(removals === null ? {} : { removals }) }),
  lengths: functionPairLengths,
  // Nothing is known before the files are read, and forecasts see no paths: a part of a collection of a usual size.
  expectedFunctions: ({ heldOutFunctions: heldOut }) => ({ functions: 50_000, heldOut }),
  cut: readCollection,
};

/** Its name says nothing about how it is read, so any will do. */
function removalsRules({ removals }: FilesSpec): readonly RuleBreak[] {
  if (removals === null || statSync(removals, { throwIfNoEntry: false })?.isFile() === true) return [];
  return [{ fields: ['removals'], expected: 'a file', found: `none at ${removals}` }];
}

const conditions = ['in', 'notIn', 'atLeast', 'atMost'] as const;

function filterRules({ where }: FilesSpec): readonly RuleBreak[] {
  return where.flatMap((one, index) => {
    const given = conditions.filter((condition) => one[condition] !== undefined);
    if (given.length === 1) return [];
    const found = given.length === 0 ? 'none' : given.join(' and ');
    return [{ fields: [`where.${index}`, 'where'], expected: `one of ${conditions.join(', ')}`, found }];
  });
}

/** Where the shape is not named it is known only once the file is read, which then refuses it. */
function termsRules({ shape, revision }: FilesSpec): readonly RuleBreak[] {
  const named = shapes.find(({ name }) => name === shape);
  if (named?.hasTerms !== true || revision !== null) return [];
  return [
    {
      fields: ['revision', 'shape'],
      expected: `the revision of ${named.name} that the rows were taken from`,
      found: 'none',
      suggestion: `Its terms ask for the newest one: see ${named.homepage}.`,
    },
  ];
}
