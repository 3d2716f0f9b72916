/** RewardBench: four weighted sections, and the prior sets where their files are named. */
import { z } from 'zod';
import { priorSetFormat, rewardBenchFormat } from '../../data/index.ts';
import { rewardBenchSubsets } from '../../eval/index.ts';
import { location } from '../../spec/index.ts';
import { benchmarkFields, benchmarkKind, filesOfFormat, testFiles } from './benchmark.ts';

const priorSet = location.nullable().default(null);

const schema = z.strictObject({
  kind: z.literal('rewardbench'),
  ...benchmarkFields,
  test: testFiles.describe('The split `filtered` of allenai/reward-bench.'),
  anthropicHelpful: priorSet.describe('The prior set `anthropic_helpful` of allenai/pref-test-sets; null = without.'),
  anthropicHhh: priorSet.describe('The prior set `anthropic_hhh`.'),
  shp: priorSet.describe('The prior set `shp`.'),
  summarize: priorSet.describe('The prior set `summarize`.'),
});

export const rewardbench = benchmarkKind<z.output<typeof schema>>({
  kind: 'rewardbench',
  schema,
  scoring: 'rewardbench',
  fields: ['test', 'anthropicHelpful', 'anthropicHhh', 'shp', 'summarize'],
  sizes: { testPairs: 2985, questions: 0, candidates: 0, leastCandidates: 0 },
  lengths: { prompt: 90, chosen: 220, rejected: 200 },
  tests: ({ test, anthropicHelpful, anthropicHhh, shp, summarize }) => ({
    test: filesOfFormat(test, rewardBenchFormat(rewardBenchSubsets)),
    anthropicHelpful: filesOfFormat(anthropicHelpful, priorSetFormat('anthropic_helpful')),
    anthropicHhh: filesOfFormat(anthropicHhh, priorSetFormat('anthropic_hhh')),
    shp: filesOfFormat(shp, priorSetFormat('shp')),
    summarize: filesOfFormat(summarize, priorSetFormat('summarize')),
  }),
});
