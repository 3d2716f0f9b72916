/** LogiQA 2.0: reading comprehension in English, four options. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { choiceTask, logiqaDigest, logiqaTests, readLogiqa, readLogiqaFile, type TaskData } from '../../data/index.ts';
import { location, name, seed } from '../../spec/index.ts';
import type { KindIo, TaskKind } from '../kind.ts';
import { choiceHeadline } from '../metrics.ts';
import { fileRules, filesDigest } from '../preference-fields.ts';
import { overlaps, settleOverlaps } from './overlaps.ts';
import { textLengths } from './text-lengths.ts';

const schema = z.strictObject({
  kind: z.literal('logiqa2'),
  name,
  train: location
    .nullable()
    .default(null)
    .describe(
      "The repository's train.txt, of which no copy is pinned; null = the passages of dev.jsonl that `devShare` " +
        'leaves.',
    ),
  devShare: z
    .number()
    .positive()
    .max(0.5)
    .default(0.2)
    .describe('Where there is no `train`: the share of the passages of dev.jsonl that is taken for dev.'),
  test: z.enum(logiqaTests).default('test').describe('`ood_test`: questions of other exams.'),
  overlaps,
  seed: seed.default(0),
});

type LogiqaSpec = z.output<typeof schema>;

/** Questions of the shipped files. */
const rows = { dev: 1569, test: 1572, ood_test: 575 };
/** Measured means, in characters. */
const characters = { prompt: 510, chosen: 104, rejected: 102 };

export const logiqa2: TaskKind<LogiqaSpec> = {
  kind: 'logiqa2',
  schema,
  locations: ['train'],
  grader: null,
  headline: choiceHeadline,
  scoring: 'multiple_choice',
  rules: ({ train }) => (train === null ? [] : fileRules({ train })),
  digest: ({ train, test }) => {
    const shipped = logiqaDigest(['dev', test]);
    return train === null ? shipped : hash('sha256', `${filesDigest('task', { train })} ${shipped}`, 'hex');
  },
  sizes: ({ train, devShare, test }) => ({
    trainPairs: null,
    devPairs: Math.round(3 * rows.dev * (train === null ? devShare : 1)),
    testPairs: 3 * rows[test],
    questions: rows[test],
    candidates: 4,
    leastCandidates: 4,
  }),
  lengths: (_, vocabSize) => textLengths(characters, vocabSize),
  read: readTask,
};

async function readTask(spec: LogiqaSpec, io: KindIo): Promise<TaskData> {
  const { train, devShare, test } = spec;
  const dev = await readLogiqa('dev', io);
  const unsplit = {
    ...(train === null ? { train: dev, dev: devShare } : { train: await readLogiqaFile(train, 'train'), dev }),
    test: await readLogiqa(test, io),
  };
  return settleOverlaps(choiceTask(unsplit, spec), spec.overlaps);
}
