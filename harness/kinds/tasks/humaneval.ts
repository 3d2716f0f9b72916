/** HumanEval: of one problem, a program that passed the official tests over one that did not. */
import { z } from 'zod';
import { humanEvalDigest, humanEvalPools, humanEvalTask } from '../../data/index.ts';
import { count, name, seed } from '../../spec/index.ts';
import type { TaskKind } from '../kind.ts';
import { charactersPerToken } from '../lengths.ts';
import { defaultHeadline } from '../metrics.ts';
import { overlaps, settleOverlaps } from './overlaps.ts';

const schema = z.strictObject({
  kind: z.literal('humaneval'),
  name,
  pools: z
    .array(z.enum(humanEvalPools))
    .min(1)
    .default([...humanEvalPools])
    .describe('`codegen`, up to 50 samples of one model; `llm-runs`, one sample each of 20 models.'),
  devQuestions: count.default(24),
  testQuestions: count.default(60),
  leastCandidates: z.number().int().min(2).default(8).describe('Problems with fewer programs are not in the pool.'),
  overlaps,
  seed: seed.default(0),
});

/** Measured: pairs a problem, and candidates one has at most. */
const measured = {
  codegen: { pairs: 5.5, candidates: 50 },
  'llm-runs': { pairs: 7, candidates: 20 },
};
/** Measured means, in characters. */
const characters = { prompt: 430, chosen: 210, rejected: 205 };

export const humanEval: TaskKind<z.output<typeof schema>> = {
  kind: 'humaneval',
  schema,
  grader: null,
  headline: defaultHeadline,
  sizeFields: { candidates: 'leastCandidates' },
  sizes: ({ pools, devQuestions, testQuestions, leastCandidates }) => {
    const pairs = Math.max(...pools.map((pool) => measured[pool].pairs));
    return {
      trainPairs: null,
      devPairs: Math.round(pairs * devQuestions),
      testPairs: Math.round(pairs * testQuestions),
      questions: testQuestions,
      candidates: pools.reduce((sum, pool) => sum + measured[pool].candidates, 0),
      leastCandidates,
    };
  },
  digest: ({ pools }) => humanEvalDigest(pools),
  lengths: (_, vocabSize) => {
    const perToken = charactersPerToken(vocabSize);
    const { prompt, chosen, rejected } = characters;
    return { prompt: prompt / perToken, chosen: 1 + chosen / perToken, rejected: 1 + rejected / perToken };
  },
  read: async (spec, io) => settleOverlaps(await humanEvalTask(spec, io), spec.overlaps),
};
