/** Preference Proxy Evaluations: votes of people between two models' responses. */
import { z } from 'zod';
import { ppeHumanFormat } from '../../data/index.ts';
import { benchmarkFields, benchmarkKind, filesOfFormat, testFiles } from './benchmark.ts';

const schema = z.strictObject({
  kind: z.literal('ppe-human'),
  ...benchmarkFields,
  test: testFiles.describe('The split `test` of lmarena-ai/PPE-Human-Preference-V1.'),
});

export const ppeHumanTask = benchmarkKind<z.output<typeof schema>>({
  kind: 'ppe-human',
  schema,
  scoring: 'ppe_human',
  fields: ['test'],
  sizes: { testPairs: 10_000, questions: 0, candidates: 0, leastCandidates: 0 },
  lengths: { prompt: 100, chosen: 400, rejected: 400 },
  tests: ({ test }) => ({ test: filesOfFormat(test, ppeHumanFormat) }),
});
