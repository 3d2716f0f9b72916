/** JudgeBench: pairs of one model's responses, one of them right. */
import { z } from 'zod';
import { judgeBenchFormat } from '../../data/index.ts';
import { benchmarkFields, benchmarkKind, filesOfFormat, testFiles } from './benchmark.ts';

const schema = z.strictObject({
  kind: z.literal('judgebench'),
  ...benchmarkFields,
  test: testFiles.describe('The split `gpt` of ScalerLab/JudgeBench, `claude`, or both.'),
});

export const judgebench = benchmarkKind<z.output<typeof schema>>({
  kind: 'judgebench',
  schema,
  scoring: 'judgebench',
  fields: ['test'],
  sizes: { testPairs: 350, questions: 0, candidates: 0, leastCandidates: 0 },
  lengths: { prompt: 250, chosen: 500, rejected: 500 },
  tests: ({ test }) => ({ test: filesOfFormat(test, judgeBenchFormat) }),
});
