/** ReClor: reading comprehension of admission tests, four options. Its terms bar redistribution: files of your own. */
import { z } from 'zod';
import { choiceTask, readReclor, type TaskData } from '../../data/index.ts';
import { location, name, seed } from '../../spec/index.ts';
import type { TaskKind } from '../kind.ts';
import { choiceHeadline } from '../metrics.ts';
import { fileOrShare, fileRules, filesDigest, type NamedFiles } from '../preference-fields.ts';
import { overlaps, settleOverlaps } from './overlaps.ts';
import { textLengths } from './text-lengths.ts';

const schema = z.strictObject({
  kind: z.literal('reclor'),
  name,
  train: location.describe("ReClor's train.json."),
  dev: fileOrShare.default(0.1).describe('A file, or the share of the passages of `train` that is taken for it.'),
  test: location.describe("A file with labels: val.json, as the answers of ReClor's test.json are not public."),
  overlaps,
  seed: seed.default(0),
});

type ReclorSpec = z.output<typeof schema>;

/** Rows of the public files (arXiv 2002.04326): three pairs a question. */
const rows = { train: 4638, val: 500 };
/** Means of the public files, in characters. */
const characters = { prompt: 480, chosen: 125, rejected: 120 };

export const reclor: TaskKind<ReclorSpec> = {
  kind: 'reclor',
  schema,
  locations: ['train', 'dev', 'test'],
  grader: null,
  headline: choiceHeadline,
  scoring: 'multiple_choice',
  rules: (spec) => fileRules(filesOf(spec)),
  digest: (spec) => filesDigest('task', filesOf(spec)),
  sizes: ({ dev }) => ({
    trainPairs: null,
    devPairs: 3 * (typeof dev === 'number' ? Math.round(dev * rows.train) : rows.val),
    testPairs: 3 * rows.val,
    questions: rows.val,
    candidates: 4,
    leastCandidates: 4,
  }),
  lengths: (_, vocabSize) => textLengths(characters, vocabSize),
  read: readTask,
};

async function readTask(spec: ReclorSpec): Promise<TaskData> {
  const { train, dev, test } = spec;
  const unsplit = {
    train: await readReclor(train, 'train'),
    dev: typeof dev === 'number' ? dev : await readReclor(dev, 'dev'),
    test: await readReclor(test, 'test'),
  };
  return settleOverlaps(choiceTask(unsplit, spec), spec.overlaps);
}

function filesOf({ train, dev, test }: ReclorSpec): NamedFiles {
  return { train, dev, test };
}
