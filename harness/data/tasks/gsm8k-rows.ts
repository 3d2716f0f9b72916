/** GSM8K's two pools of labelled solutions, read into one shape: a question and its solutions. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../spec/user-error.ts';
import { fetchDatasetFile, type FetchOptions } from '../datasets/fetch-file.ts';
import { loadDatasetManifest } from '../datasets/manifest.ts';
import type { AnswerGrader } from '../grading/grade-candidates.ts';
import type { Candidate } from '../preference-pair.ts';

/**
 * `source` of a candidate is `<origin>/<model>`: solutions of one origin share their style, those of two may be told
 * apart by it alone.
 */
export interface SolvedQuestion {
  readonly id: string;
  readonly question: string;
  /** The right answer as the dataset has it. */
  readonly reference: string;
  readonly candidates: readonly Candidate[];
}

/** Reads final answers: out of a solution, and into one spelling. null where there is none. */
export interface AnswerReader {
  answerOf(solution: string): string | null;
  normalize(answer: string): string | null;
}

export type ReadOptions = FetchOptions & {
  readonly answers: AnswerReader;
  /** Labels the candidates; null = their labels are those of the dataset. */
  readonly labels: AnswerGrader | null;
};

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
  const rows = await readRows('gsm8k', 'example_model_solutions.jsonl', exampleRow, options);
  return rows.map((row, q) => ({
    id: `gsm8k-${q}`,
    question: row.question,
    reference: finalOf(row.ground_truth),
    candidates: Object.entries(exampleModels).map(([key, source]) => {
      const { solution, is_correct: isCorrect } = row[key as keyof typeof exampleModels];
      return { text: withoutAnnotations(solution), answer: options.answers.answerOf(solution), isCorrect, source };
    }),
  }));
}

/** 14 models, at most one solution a model and question. */
export async function readCandidateSolutions(options: ReadOptions): Promise<SolvedQuestion[]> {
  const questions = await readRows('gsm8k', 'test.jsonl', questionRow, options);
  const rows = await readRows('gsm8k-candidates', 'gsm8k_test_candidates.jsonl', candidateRow, options);
  const byQuestion = questions.map((): z.output<typeof candidateRow>[] => []);
  for (const row of rows) byQuestion[row.q_id]?.push(row);
  return questions.map(({ question, answer }, q) => ({
    id: `gsm8k-${q}`,
    question,
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

function onePerModel(rows: readonly z.output<typeof candidateRow>[], answers: AnswerReader): Candidate[] {
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

async function readRows<T>(dataset: string, file: string, schema: z.ZodType<T>, options: FetchOptions): Promise<T[]> {
  const path = await fetchDatasetFile(loadDatasetManifest(dataset), file, options);
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line, l) => {
      const parsed = schema.safeParse(JSON.parse(line));
      if (!parsed.success)
        throw new UserError(`${path}:${l + 1}: ${z.prettifyError(parsed.error)}`, {
          exitCode: 3,
          hint: 'this version of the dataset has another format',
        });
      return parsed.data;
    });
}
