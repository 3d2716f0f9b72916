/** Preference pairs that tests decide: programs that passed over programs that failed, of the same problem. */
import { z } from 'zod';
import {
  humanEvalDigest,
  humanEvalPools,
  readCandidateFiles,
  readHumanEval,
  usualCandidateNames,
  verifiedPairs,
  type CandidateFieldName,
} from '../../data/index.ts';
import { count, location, seed } from '../../spec/index.ts';
import type { PairsKind } from '../kind.ts';
import { charactersPerToken, unknownLengths } from '../lengths.ts';
import { fileRules, filesDigest } from '../preference-fields.ts';

const nameSchemas = Object.fromEntries(
  Object.entries(usualCandidateNames).map(([field, usual]) => [
    field,
    z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(`Its column; null = the first of ${usual.join(', ')}.`),
  ]),
) as Record<CandidateFieldName, z.ZodDefault<z.ZodNullable<z.ZodString>>>;
const fieldsSchema = z.strictObject(nameSchemas);

const schema = z.strictObject({
  kind: z.literal('verified'),
  path: z
    .union([location, z.array(location).min(1)])
    .nullable()
    .default(null)
    .describe('Own files of programs, one row each with problem, prompt, completion, passed; null = HumanEval.'),
  fields: fieldsSchema.default(fieldsSchema.parse({})).describe('What the columns of own files are called.'),
  pools: z
    .array(z.enum(humanEvalPools))
    .min(1)
    .default([...humanEvalPools])
    .describe('Of HumanEval: `codegen`, up to 50 samples of one model; `llm-runs`, one sample each of 20 models.'),
  pairing: z
    .enum(['any', 'same-model'])
    .default('any')
    .describe('Whether both programs of a pair must be of one model: then its manner says nothing.'),
  failures: z
    .array(z.string().min(1))
    .min(1)
    .nullable()
    .default(null)
    .describe('How rejected programs ended: wrong, error, syntax, timeout; null = in any way.'),
  maxPairsPerProblem: count.default(32),
  heldOut: z.number().positive().max(0.5).default(0.1).describe('Share of the problems kept out of pretraining.'),
  language: z.string().min(1).nullable().default('python').describe('Language of the programs; null = not known.'),
  seed: seed.default(0),
});

type VerifiedSpec = z.output<typeof schema>;

/** Problems with a program that passed and one that failed, of HumanEval's 164. */
const humanEvalProblems = 154;
/** Measured, in characters. */
const characters = { prompt: 450, chosen: 240, rejected: 230 };

export const verified: PairsKind<VerifiedSpec> = {
  kind: 'verified',
  schema,
  locations: ['path'],
  readsCorpus: false,
  rules: ({ path }) => (path === null ? [] : fileRules({ path })),
  digest: ({ path, pools }) => (path === null ? humanEvalDigest(pools) : filesDigest('pairs', { path })),
  lengths: ({ path }, _, vocabSize) => {
    if (path !== null) return unknownLengths;
    const perToken = charactersPerToken(vocabSize);
    const { prompt, chosen, rejected } = characters;
    return { prompt: prompt / perToken, chosen: chosen / perToken, rejected: rejected / perToken };
  },
  expectedPairs: ({ heldOut, maxPairsPerProblem }) => ({
    pairs: Math.round((1 - heldOut) * humanEvalProblems) * maxPairsPerProblem,
    heldOut: Math.round(heldOut * humanEvalProblems) * maxPairsPerProblem,
  }),
  make: async (spec, _, io) => {
    if (spec.path !== null) {
      const { problems, counts } = await readCandidateFiles(spec.path, spec.fields);
      const made = verifiedPairs(problems, spec);
      return { ...made, counts: { ...counts, ...made.counts } };
    }
    const counts: Record<string, number> = {};
    const made = verifiedPairs(await readHumanEval(spec.pools, io, counts), spec);
    return { ...made, counts: { ...counts, ...made.counts } };
  },
};
