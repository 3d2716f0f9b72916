/** MATH-500: correct over incorrect solutions of the same problem, by four models; best-of-N over all of them. */
import { z } from 'zod';
import { mathDigest, mathReferences, mathSections, mathTask } from '../../data/index.ts';
import { count, name, seed } from '../../spec/index.ts';
import { graderField, namedGrader } from '../grader-of.ts';
import type { TaskKind } from '../kind.ts';
import { defaultHeadline } from '../metrics.ts';
import { overlaps, settleOverlaps } from './overlaps.ts';
import { textLengths } from './text-lengths.ts';

const schema = z.strictObject({
  kind: z.literal('math'),
  name,
  sections: z.enum(mathSections).default('subject').describe('What results are divided by: subject, or level.'),
  grader: graderField,
  devQuestions: count.default(75),
  testQuestions: count.default(200),
  overlaps,
  seed: seed.default(0),
});

/** Measured: 930 pairs of the 500 problems. */
const pairsPerQuestion = 1.86;
/** Measured means, in characters. */
const characters = { prompt: 200, chosen: 510, rejected: 880 };

export const math: TaskKind<z.output<typeof schema>> = {
  kind: 'math',
  schema,
  grader: 'math',
  headline: defaultHeadline,
  sizes: ({ devQuestions, testQuestions }) => ({
    trainPairs: null,
    devPairs: Math.round(pairsPerQuestion * devQuestions),
    testPairs: Math.round(pairsPerQuestion * testQuestions),
    questions: testQuestions,
    candidates: 4,
    leastCandidates: 4,
  }),
  digest: mathDigest,
  lengths: (_, vocabSize) => textLengths(characters, vocabSize),
  references: (_, io) => mathReferences(io),
  read: async (spec, { cacheFolder, mirrorFolder, download, grader }) => {
    if (grader === null) throw new Error('math needs its grader');
    const labels = namedGrader(spec) === null ? null : grader;
    const options = { cacheFolder, mirrorFolder, download, answers: grader, labels };
    return settleOverlaps(await mathTask(spec, options), spec.overlaps);
  },
};
