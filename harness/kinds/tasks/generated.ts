/** Questions and worked solutions by a generator, with twins that no rule blind to the prompt can rank. */
import { z } from 'zod';
import { generatedFamilies, generateTask, type GeneratedFamily } from '../../data/index.ts';
import { count, name, seed } from '../../spec/index.ts';
import type { TaskKind } from '../kind.ts';
import type { PairLengths } from '../lengths.ts';
import { defaultHeadline } from '../metrics.ts';

const schema = z.strictObject({
  kind: z.literal('generated'),
  name,
  family: z.enum(generatedFamilies),
  difficulty: z.number().int().min(1).max(5),
  trainPairs: count.default(4096).describe('At least four times the largest finetune.samples.'),
  devPairs: count.default(500),
  testPairs: count.default(500),
  testQuestions: count.default(200).describe('Best-of-N pool: questions x candidates.'),
  candidates: z.number().int().min(2).default(16),
  seed: seed.default(0),
});

type GeneratedSpec = z.output<typeof schema>;

export const generated: TaskKind<GeneratedSpec> = {
  kind: 'generated',
  schema,
  grader: null,
  sameness: 'exact',
  headline: defaultHeadline,
  sizeFields: { candidates: 'candidates', trainPairs: 'trainPairs' },
  sizes: ({ trainPairs, devPairs, testPairs, testQuestions, candidates }) => ({
    trainPairs,
    devPairs,
    testPairs,
    questions: testQuestions,
    candidates,
    leastCandidates: candidates,
  }),
  lengths: generatedLengths,
  read: async (spec) => generateTask(spec),
};

/** Mean characters of [prompt, response] at difficulty 1 to 5. */
const meanCharacters: Readonly<Record<GeneratedFamily, readonly (readonly [number, number])[]>> = {
  // prettier-ignore
  algebra: [[8, 5], [10, 22], [14, 34], [14, 38], [20, 52]],
  // prettier-ignore
  lookup: [[20, 19], [26, 26], [37, 38], [44, 46], [58, 61]],
  // prettier-ignore
  boolean: [[24, 18], [26, 18], [32, 25], [41, 41], [52, 58]],
  // prettier-ignore
  program: [[14, 7], [20, 17], [30, 27], [40, 41], [46, 25]],
  // prettier-ignore
  'word-problem': [[32, 19], [33, 19], [41, 28], [70, 52], [100, 89]],
};

/** Formulas and sums in words are not what the encoding was trained on. Every response ends with a token of its own. */
const charactersPerToken = 1.25;

function generatedLengths({ family, difficulty }: GeneratedSpec): PairLengths {
  const [prompt, response] = meanCharacters[family][difficulty - 1] ?? [60, 60];
  const responseTokens = 1 + response / charactersPerToken;
  return { prompt: prompt / charactersPerToken, chosen: responseTokens, rejected: responseTokens };
}
