/** Preference Proxy Evaluations: 32 sampled responses a question, each checked. A file a benchmark. */
import { z } from 'zod';
import { ppeCorrectnessFormat } from '../../data/index.ts';
import { location, type RuleBreak } from '../../spec/index.ts';
import { benchmarkFields, benchmarkKind, filesOfFormat } from './benchmark.ts';

const benchmark = location.nullable().default(null);

const schema = z.strictObject({
  kind: z.literal('ppe-correctness'),
  ...benchmarkFields,
  mmluPro: benchmark.describe('The file of lmarena-ai/PPE-MMLU-Pro-Best-of-K; null = without.'),
  math: benchmark.describe('The file of lmarena-ai/PPE-MATH-Best-of-K.'),
  gpqa: benchmark.describe('The file of lmarena-ai/PPE-GPQA-Best-of-K.'),
  ifeval: benchmark.describe('The file of lmarena-ai/PPE-IFEval-Best-of-K.'),
  mbppPlus: benchmark.describe('The file of lmarena-ai/PPE-MBPP-Plus-Best-of-K.'),
});

type Spec = z.output<typeof schema>;

const fields = ['mmluPro', 'math', 'gpqa', 'ifeval', 'mbppPlus'] as const;
const names = { mmluPro: 'mmlu_pro', math: 'math', gpqa: 'gpqa', ifeval: 'ifeval', mbppPlus: 'mbpp_plus' } as const;

export const ppeCorrectnessTask = benchmarkKind<Spec>({
  kind: 'ppe-correctness',
  schema,
  scoring: 'ppe_correctness',
  fields,
  sizes: { testPairs: 12_800, questions: 2560, candidates: 32, leastCandidates: 32 },
  lengths: { prompt: 200, chosen: 400, rejected: 400 },
  tests: (spec) =>
    Object.fromEntries(fields.map((field) => [field, filesOfFormat(spec[field], ppeCorrectnessFormat(names[field]))])),
  rules: requireOne,
});

function requireOne(spec: Spec): readonly RuleBreak[] {
  if (fields.some((field) => spec[field] !== null)) return [];
  return [{ fields: [...fields], expected: `a file in one of ${fields.join(', ')}`, found: 'none' }];
}
