/** JudgeBench (`ScalerLab/JudgeBench`, splits `gpt` and `claude`): two responses of one model, one of them right. */
import { z } from 'zod';
import { idSchema, onePair, saidSchema, sourceSchema, type BenchmarkFormat } from './benchmark-format.ts';

/** By what the name of a row's source begins with. */
const categories = {
  'mmlu-pro': 'knowledge',
  'livebench-reasoning': 'reasoning',
  'livebench-math': 'math',
  livecodebench: 'coding',
} as const;

const row = z.looseObject({
  pair_id: idSchema,
  source: z.string().refine((source) => categoryOf(source) !== null, {
    error: ({ input }) =>
      `expected a source that begins with ${Object.keys(categories).join(', ')}, found ${String(input)}`,
  }),
  question: saidSchema,
  response_A: saidSchema,
  response_B: saidSchema,
  label: z.enum(['A>B', 'B>A']),
  response_model: sourceSchema,
});

export const judgeBenchFormat: BenchmarkFormat<z.output<typeof row>> = {
  name: 'JudgeBench',
  row,
  question: ({ pair_id: id, source, question, response_A: a, response_B: b, label, response_model: model = null }) => ({
    id: String(id),
    subset: categoryOf(source),
    group: null,
    prompt: question,
    ...onePair({ text: label === 'A>B' ? a : b, source: model }, { text: label === 'A>B' ? b : a, source: model }),
  }),
};

function categoryOf(source: string): string | null {
  return Object.entries(categories).find(([beginning]) => source.startsWith(beginning))?.[1] ?? null;
}
