/** AR-LSAT: analytical reasoning of the Law School Admission Test, five options. */
import { z } from 'zod';
import { choiceTask, datasetDigest, loadDatasetManifest, readLsat } from '../../data/index.ts';
import { name, seed } from '../../spec/index.ts';
import type { TaskKind } from '../kind.ts';
import { choiceHeadline } from '../metrics.ts';
import { overlaps, settleOverlaps } from './overlaps.ts';
import { textLengths } from './text-lengths.ts';

const schema = z.strictObject({
  kind: z.literal('ar-lsat'),
  name,
  overlaps,
  seed: seed.default(0).describe('Of the order of the training pairs; the splits are those of the dataset.'),
});

/** Questions of the shipped files; 45 of the training questions have four options. */
const questions = { dev: 231, test: 230 };
/** Measured means, in characters. */
const characters = { prompt: 680, chosen: 32, rejected: 31 };

export const arLsat: TaskKind<z.output<typeof schema>> = {
  kind: 'ar-lsat',
  schema,
  grader: null,
  headline: choiceHeadline,
  scoring: 'multiple_choice',
  sizes: () => ({
    trainPairs: null,
    devPairs: 4 * questions.dev,
    testPairs: 4 * questions.test,
    questions: questions.test,
    candidates: 5,
    leastCandidates: 5,
  }),
  digest: () => datasetDigest(loadDatasetManifest('ar-lsat')),
  lengths: (_, vocabSize) => textLengths(characters, vocabSize),
  read: async (spec, io) => {
    const splits = {
      train: await readLsat('train', io),
      dev: await readLsat('dev', io),
      test: await readLsat('test', io),
    };
    return settleOverlaps(choiceTask(splits, spec), spec.overlaps);
  },
};
