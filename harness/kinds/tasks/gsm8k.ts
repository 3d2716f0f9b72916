/** GSM8K: correct over incorrect solutions of the same question, by real models; best-of-N over all of them. */
import { z } from 'zod';
import { gsm8kDigest, gsm8kPools, gsm8kReferences, gsm8kTask } from '../../data/index.ts';
import { count, name, seed } from '../../spec/index.ts';
import { graderField, namedGrader } from '../grader-of.ts';
import type { TaskKind } from '../kind.ts';
import { charactersPerToken } from '../lengths.ts';
import { defaultHeadline } from '../metrics.ts';

const schema = z.strictObject({
  kind: z.literal('gsm8k'),
  name,
  pool: z
    .enum(['example-solutions', 'candidates'])
    .describe('`example-solutions`: 4 labelled solutions a question; `candidates`: the 14-model pool.'),
  grader: graderField,
  devQuestions: count.default(200),
  testQuestions: count.default(319),
  seed: seed.default(0),
});

/** Measured with 1,024 entries. */
const lengths = { prompt: 126, chosen: 143, rejected: 137 };
/** Measured: 371 dev and 520 test pairs of the example solutions at the default splits; 9,440 of all candidates. */
const pairsPerQuestion = { 'example-solutions': 1.75, candidates: 7.16 };

export const gsm8k: TaskKind<z.output<typeof schema>> = {
  kind: 'gsm8k',
  schema,
  grader: 'final-answer',
  headline: defaultHeadline,
  sizeFields: { candidates: 'pool' },
  sizes: ({ devQuestions, testQuestions, pool }) => ({
    trainPairs: null,
    devPairs: pairsPerQuestion[pool] * devQuestions,
    testPairs: pairsPerQuestion[pool] * testQuestions,
    questions: testQuestions,
    ...gsm8kPools[pool],
  }),
  digest: ({ pool }) => gsm8kDigest(pool),
  lengths: (_, vocabSize) => {
    const scale = charactersPerToken(1024) / charactersPerToken(vocabSize);
    return { prompt: lengths.prompt * scale, chosen: lengths.chosen * scale, rejected: lengths.rejected * scale };
  },
  references: ({ pool }, io) => gsm8kReferences(pool, io),
  read: (spec, { cacheFolder, mirrorFolder, download, grader }) => {
    if (grader === null) throw new Error('gsm8k needs its grader');
    const labels = namedGrader(spec) === null ? null : grader;
    return gsm8kTask(spec, { cacheFolder, mirrorFolder, download, answers: grader, labels });
  },
};
