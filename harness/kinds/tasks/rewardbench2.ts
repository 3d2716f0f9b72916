/** RewardBench 2: best of four, and ties. */
import { z } from 'zod';
import { rewardBench2Format } from '../../data/index.ts';
import { rewardBench2Subsets } from '../../eval/index.ts';
import { benchmarkFields, benchmarkKind, filesOfFormat, testFiles } from './benchmark.ts';

const schema = z.strictObject({
  kind: z.literal('rewardbench2'),
  ...benchmarkFields,
  test: testFiles.describe('The split `test` of allenai/reward-bench-2.'),
});

export const rewardbench2 = benchmarkKind<z.output<typeof schema>>({
  kind: 'rewardbench2',
  schema,
  scoring: 'rewardbench2',
  fields: ['test'],
  sizes: { testPairs: 0, questions: 1865, candidates: 5, leastCandidates: 4 },
  lengths: { prompt: 90, chosen: 300, rejected: 300 },
  tests: ({ test }) => ({ test: filesOfFormat(test, rewardBench2Format(rewardBench2Subsets)) }),
});
