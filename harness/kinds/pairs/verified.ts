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
import { count, location, seed, type RuleBreak } from '../../spec/index.ts';
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
    .default(['wrong', 'error', 'timeout', 'failed'])
    .describe(
      'How rejected programs ended: wrong, error, syntax, timeout, or failed where no more is known; null = any.',
    ),
  maxPairsPerProblem: count.default(32),
  heldOut: z.number().positive().max(0.5).default(0.1).describe('Share of the problems kept out of pretraining.'),
  language: z.string().min(1).nullable().default('python').describe('Language of the programs; null = not known.'),
  seed: seed.default(0),
});

type VerifiedSpec = z.output<typeof schema>;

/** Measured: problems with a program that passed and one that failed, of HumanEval's 164, and pairs of one. */
const humanEval = { problems: 148, pairs: 430 };
/** Measured: means, in characters. */
const characters = { prompt: 430, chosen: 210, rejected: 205 };

export const verified: PairsKind<VerifiedSpec> = {
  kind: 'verified',
  schema,
  locations: ['path'],
  readsCorpus: false,
  rules: (spec) => (spec.path === null ? poolRules(spec) : fileRules({ path: spec.path })),
  digest: ({ path, pools }) => (path === null ? humanEvalDigest(pools) : filesDigest('pairs', { path })),
  lengths: ({ path }, _, vocabSize) => {
    if (path !== null) return unknownLengths;
    const perToken = charactersPerToken(vocabSize);
    const { prompt, chosen, rejected } = characters;
    return { prompt: prompt / perToken, chosen: chosen / perToken, rejected: rejected / perToken };
  },
  expectedPairs: ({ heldOut, maxPairsPerProblem }) => {
    const pairs = humanEval.problems * Math.min(maxPairsPerProblem, humanEval.pairs);
    return { pairs: Math.round((1 - heldOut) * pairs), heldOut: Math.round(heldOut * pairs) };
  },
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

/** One sample a model and problem either passed or failed. */
function poolRules({ pools, pairing }: VerifiedSpec): readonly RuleBreak[] {
  if (pairing === 'any' || pools.includes('codegen')) return [];
  const found = `${pools.join(', ')}, with one sample a model and problem`;
  return [{ fields: ['pools', 'pairing'], expected: 'codegen among the pools of pairing: same-model', found }];
}
