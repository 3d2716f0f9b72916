/** GSM8K's two pools of labelled solutions, read into one shape: a question and its solutions. */
import { z } from 'zod';
import { allDatasetRows } from '../datasets/checked-rows.ts';
import type { Candidate } from '../preference-pair.ts';
import type { ReadOptions, SolvedQuestion } from './solved-question.ts';

const exampleModels = {
  '6b_finetuning': '6b/finetuning',
  '6b_verification': '6b/verification',
  '175b_finetuning': '175b/finetuning',
  '175b_verification': '175b/verification',
} as const;

const exampleSolution = z.object({ is_correct: z.boolean(), solution: z.string() });
const exampleRow = z.object({
  question: z.string(),
  ground_truth: z.string(),
  '6b_finetuning': exampleSolution,
  '6b_verification': exampleSolution,
  '175b_finetuning': exampleSolution,
  '175b_verification': exampleSolution,
});
const questionRow = z.object({ question: z.string(), answer: z.string() });
const candidateRow = z.object({
  q_id: z.number(),
  source: z.string(),
  model: z.string(),
  text: z.string(),
  pred: z.string().nullable(),
  label: z.boolean(),
});

/** Four solutions a question: two sizes of a model, each sampled once and chosen once by a verifier. */
export async function readExampleSolutions(options: ReadOptions): Promise<SolvedQuestion[]> {
  const rows = await allDatasetRows('gsm8k', 'example_model_solutions.jsonl', exampleRow, options);
  return rows.map((row, q) => ({
    id: `gsm8k-${q}`,
    prompt: `${row.question}\n`,
    reference: finalOf(row.ground_truth),
    candidates: Object.entries(exampleModels).map(([key, source]) => {
      const { solution, is_correct: isCorrect } = row[key as keyof typeof exampleModels];
      return { text: withoutAnnotations(solution), answer: options.answers.answerOf(solution), isCorrect, source };
    }),
  }));
}

/** 14 models, at most one solution a model and question. */
export async function readCandidateSolutions(options: ReadOptions): Promise<SolvedQuestion[]> {
  const questions = await allDatasetRows('gsm8k', 'test.jsonl', questionRow, options);
  const rows = await allDatasetRows('gsm8k-candidates', 'gsm8k_test_candidates.jsonl', candidateRow, options);
  const byQuestion = questions.map((): z.output<typeof candidateRow>[] => []);
  for (const row of rows) byQuestion[row.q_id]?.push(row);
  return questions.map(({ question, answer }, q) => ({
    id: `gsm8k-${q}`,
    prompt: `${question}\n`,
    reference: finalOf(answer),
    candidates: onePerModel(byQuestion[q] ?? [], options.answers),
  }));
}

/** What follows `#### ` or `A: ` in a worked answer. */
function finalOf(worked: string): string {
  return (
    worked
      .split(/^(?:####|A:)/m)
      .at(-1)
      ?.trim() ?? ''
  );
}

function onePerModel(rows: readonly z.output<typeof candidateRow>[], answers: ReadOptions['answers']): Candidate[] {
  const first = new Map<string, Candidate>();
  for (const { source, model, text, pred, label } of rows) {
    const name = `${source}/${model}`;
    // `pred` is what was graded; it is missing where the grader found none.
    if (!first.has(name))
      first.set(name, {
        text: withoutAnnotations(text),
        answer: pred === null ? answers.answerOf(text) : answers.normalize(pred),
        isCorrect: label,
        source: name,
      });
  }
  return [...first.values()];
}

/**
 * Calculator annotations (`16-3 = <<16-3=13>>13`) are markup for a tool that only some of the models used: they repeat
 * what stands beside them and would give the model away. Removed everywhere; a solution cut off inside one loses the
 * open rest.
 */
export function withoutAnnotations(solution: string): string {
  return solution.replaceAll(/<<[^<>]*>>/g, '').replace(/<<[^<>]*$/, '');
}
