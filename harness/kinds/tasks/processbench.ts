/** ProcessBench: the first wrong step of a solution, by the rewards of its beginnings. */
import { z } from 'zod';
import { processBenchFormat } from '../../data/index.ts';
import { processBenchCalibration } from '../../eval/index.ts';
import { location, type RuleBreak } from '../../spec/index.ts';
import { benchmarkFields, benchmarkKind, filesOfFormat, testFiles } from './benchmark.ts';

const schema = z.strictObject({
  kind: z.literal('processbench'),
  ...benchmarkFields,
  test: testFiles.describe('Files of Qwen/ProcessBench: gsm8k, math, olympiadbench, omnimath.'),
  calibration: location
    .nullable()
    .default(null)
    .describe('A file of the same format that chooses the threshold and is not scored; null = gsm8k, as published.'),
  threshold: z
    .number()
    .nullable()
    .default(null)
    .describe('A step is wrong whose reward is not above it; null = the one with the highest F1.'),
  stepSeparator: z.string().default('\n\n').describe('Stands between the steps of a solution.'),
});

type Spec = z.output<typeof schema>;

export const processbench = benchmarkKind<Spec>({
  kind: 'processbench',
  schema,
  scoring: 'processbench',
  fields: ['test', 'calibration'],
  sizes: { testPairs: 0, questions: 3400, candidates: 8, leastCandidates: 1 },
  lengths: { prompt: 80, chosen: 250, rejected: 250 },
  tests: ({ test, calibration, stepSeparator }) => ({
    test: filesOfFormat(test, processBenchFormat(stepSeparator)),
    calibration: filesOfFormat(calibration, processBenchFormat(stepSeparator, processBenchCalibration)),
  }),
  rules: oneThreshold,
  scoringSettings: ({ threshold }) => (threshold === null ? {} : { threshold }),
});

function oneThreshold({ threshold, calibration }: Spec): readonly RuleBreak[] {
  if (threshold === null || calibration === null) return [];
  return [
    { fields: ['threshold', 'calibration'], expected: 'one of the two', found: `${threshold} and ${calibration}` },
  ];
}
