/** ProcessBench: the first wrong step of a solution, by the rewards of its beginnings. */
import { z } from 'zod';
import { processBenchFormat, type TaskData } from '../../data/index.ts';
import { processBenchCalibration, processBenchPublished } from '../../eval/index.ts';
import { location, UserError, type RuleBreak } from '../../spec/index.ts';
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
  check: requireThreshold,
});

function oneThreshold({ threshold, calibration }: Spec): readonly RuleBreak[] {
  if (threshold === null || calibration === null) return [];
  return [
    { fields: ['threshold', 'calibration'], expected: 'one of the two', found: `${threshold} and ${calibration}` },
  ];
}

/** Chosen on solutions with an error and without: of the calibration file, else of gsm8k. */
function requireThreshold({ pool }: TaskData, { name, threshold, calibration }: Spec): void {
  if (threshold !== null) return;
  const subset = calibration === null ? processBenchPublished : processBenchCalibration;
  const solutions = pool.filter((question) => question.subset === subset);
  const sorts = new Set(solutions.map(({ candidates }) => candidates.some(({ isCorrect }) => isCorrect === false)));
  if (sorts.size === 2) return;
  const where = calibration === null ? 'gsm8k' : `the calibration file ${calibration}`;
  throw new UserError(`task ${name}: there is nothing to choose the threshold on`, {
    exitCode: 2,
    hint:
      `It is chosen on solutions of ${where}, and needs some with an error and some without. ` +
      'Add them, name a calibration file, or set the threshold.',
  });
}
