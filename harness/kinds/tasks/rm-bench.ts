/** RM-Bench: right and wrong responses in three styles each. */
import { z } from 'zod';
import { rmBenchFormat } from '../../data/index.ts';
import { rmBenchDomains } from '../../eval/index.ts';
import { benchmarkFields, benchmarkKind, filesOfFormat, testFiles } from './benchmark.ts';

const schema = z.strictObject({
  kind: z.literal('rm-bench'),
  ...benchmarkFields,
  test: testFiles.describe('total_dataset.json of THU-KEG/RM-Bench, or the files of its domains.'),
});

export const rmBenchTask = benchmarkKind<z.output<typeof schema>>({
  kind: 'rm-bench',
  schema,
  scoring: 'rm_bench',
  fields: ['test'],
  sizes: { testPairs: 0, questions: 1327, candidates: 6, leastCandidates: 6 },
  lengths: { prompt: 90, chosen: 300, rejected: 300 },
  tests: ({ test }) => ({ test: filesOfFormat(test, rmBenchFormat(rmBenchDomains)) }),
});
