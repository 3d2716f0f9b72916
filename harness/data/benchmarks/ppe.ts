/**
 * Preference Proxy Evaluations (Frick et al. 2024, arXiv 2410.14872): votes of people
 * (`lmarena-ai/PPE-Human-Preference-V1`), and sets of sampled responses that a check has labelled
 * (`lmarena-ai/PPE-MATH-Best-of-K` and four more).
 */
import { z } from 'zod';
import { idSchema, onePair, saidSchema, sourceSchema, type BenchmarkFormat } from './benchmark-format.ts';

const flag = z.boolean().nullish();

/** Kinds of prompts, by the field that says so. A prompt may be of several. */
const promptKinds = {
  hard_prompt: 'hard',
  easy_prompt: 'easy',
  if_prompt: 'if',
  is_code: 'code',
  math_prompt: 'math',
} as const;

const vote = z.looseObject({
  question_id: idSchema,
  model_a: sourceSchema,
  model_b: sourceSchema,
  winner: z.enum(['model_a', 'model_b', 'tie', 'tie (bothbad)']),
  prompt: saidSchema,
  response_1: saidSchema,
  response_2: saidSchema,
  hard_prompt: flag,
  easy_prompt: flag,
  if_prompt: flag,
  is_code: flag,
  math_prompt: flag,
});

/** Its subset joins the kinds of the prompt: `hard+code`, `other` where it is of none. */
export const ppeHumanFormat: BenchmarkFormat<z.output<typeof vote>> = {
  name: 'PPE human preference',
  row: vote,
  question: (row) => {
    if (row.winner !== 'model_a' && row.winner !== 'model_b') return { leftOut: 'row: the vote is a tie' };
    const a = { text: row.response_1, source: row.model_a ?? null };
    const b = { text: row.response_2, source: row.model_b ?? null };
    const kinds = Object.entries(promptKinds).flatMap(([field, kind]) => (row[field] === true ? [kind] : []));
    return {
      id: String(row.question_id),
      subset: kinds.length === 0 ? 'other' : kinds.join('+'),
      group: null,
      prompt: row.prompt,
      ...(row.winner === 'model_a' ? onePair(a, b) : onePair(b, a)),
    };
  },
};

const sampled = z
  .looseObject({
    question_id: idSchema,
    prompt: saidSchema,
    scores: z.array(z.boolean()).min(1),
    model_name: sourceSchema,
    sampled_conflict_pairs: z.array(z.tuple([z.number().int(), z.number().int()])),
  })
  .superRefine((row, context) => {
    for (const [index] of row.scores.entries()) {
      const field = responseField(index);
      if (saidSchema.safeParse(row[field]).success) continue;
      context.addIssue({ code: 'custom', path: [field], message: `expected text, as scores has ${row.scores.length}` });
    }
    for (const [place, pair] of row.sampled_conflict_pairs.entries()) {
      const [one, other] = pair.map((index) => row.scores[index]);
      if (one !== undefined && other !== undefined && one !== other) continue;
      const message = `${pair.join(' and ')} are no right and a wrong response`;
      context.addIssue({ code: 'custom', path: ['sampled_conflict_pairs', place], message });
    }
  });

/** Of one benchmark (`math`, `gpqa`), which the rows do not name. */
export function ppeCorrectnessFormat(benchmark: string): BenchmarkFormat {
  const format: BenchmarkFormat<z.output<typeof sampled>> = {
    name: `PPE ${benchmark}`,
    row: sampled,
    question: ({ question_id: id, prompt, scores, model_name: model, sampled_conflict_pairs: pairs, ...row }) => ({
      id: [benchmark, id, ...(model ? [model] : [])].join('/'),
      subset: benchmark,
      group: `${benchmark} ${id}`,
      prompt,
      responses: scores.map((isCorrect, index) => ({
        text: (row as Readonly<Record<string, unknown>>)[responseField(index)],
        isCorrect,
        source: model ?? null,
      })),
      pairs: pairs.map(([one, other]) => (scores[one] === true ? [one, other] : [other, one])),
      isPool: true,
    }),
  };
  return format;
}

/** They are numbered from 1. */
function responseField(index: number): string {
  return `response_${index + 1}`;
}
