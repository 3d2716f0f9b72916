/** Math-Shepherd: solutions in steps with a label each; a solution is correct where all its steps are right. */
import { z } from 'zod';
import { shepherdPairs, shepherdTask } from '../../data/index.ts';
import { count, location, name, seed, type RuleBreak } from '../../spec/index.ts';
import type { TaskKind } from '../kind.ts';
import { defaultHeadline } from '../metrics.ts';
import { fileRules, filesDigest } from '../preference-fields.ts';
import { overlaps, settleOverlaps } from './overlaps.ts';
import { textLengths } from './text-lengths.ts';

const schema = z.strictObject({
  kind: z.literal('math-shepherd'),
  name,
  path: location.describe('A file of rows {input, label, task}: .jsonl, .json or .parquet.'),
  pairs: z
    .enum(shepherdPairs)
    .default('solutions')
    .describe(
      '`solutions`: all steps right over some step wrong, of one question; `steps`: the next right over the first ' +
        'wrong step behind the same right ones; `both`.',
    ),
  devQuestions: count.default(200),
  testQuestions: count.default(300),
  candidates: z.number().int().min(2).default(16).describe('At most so many solutions of a question in the pool.'),
  leastCandidates: z.number().int().min(2).default(8).describe('Questions with fewer solutions are not in the pool.'),
  overlaps,
  seed: seed.default(0),
});

type ShepherdSpec = z.output<typeof schema>;

/** With some thirty solutions a question most questions give all the pairs they may. */
const pairsPerQuestion = 8;
/** Means in characters of solutions, and of steps with what stands before them. */
const characters = {
  solutions: { prompt: 230, chosen: 420, rejected: 480 },
  steps: { prompt: 400, chosen: 95, rejected: 95 },
};

export const mathShepherd: TaskKind<ShepherdSpec> = {
  kind: 'math-shepherd',
  schema,
  locations: ['path'],
  grader: 'math',
  headline: defaultHeadline,
  sizeFields: { candidates: 'leastCandidates' },
  rules: (spec) => [...fileRules({ path: spec.path }), ...poolRules(spec)],
  digest: ({ path }) => filesDigest('task', { path }),
  sizes: ({ pairs, devQuestions, testQuestions, candidates, leastCandidates }) => {
    const each = pairs === 'both' ? 2 * pairsPerQuestion : pairsPerQuestion;
    return {
      trainPairs: null,
      devPairs: each * devQuestions,
      testPairs: each * testQuestions,
      questions: testQuestions,
      candidates,
      leastCandidates,
    };
  },
  lengths: ({ pairs }, vocabSize) => textLengths(characters[pairs === 'steps' ? 'steps' : 'solutions'], vocabSize),
  read: async (spec, { grader }) => {
    if (grader === null) throw new Error('math-shepherd needs its grader');
    return settleOverlaps(await shepherdTask(spec, grader), spec.overlaps);
  },
};

function poolRules({ candidates, leastCandidates }: ShepherdSpec): readonly RuleBreak[] {
  if (leastCandidates <= candidates) return [];
  return [
    {
      fields: ['leastCandidates', 'candidates'],
      expected: `no more than candidates (${candidates})`,
      found: String(leastCandidates),
    },
  ];
}
