/** The labelled pools of GSM8K and MATH, one row a response, and what the grader says of them. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  fetchDatasetFile,
  loadDatasetManifest,
  type FetchOptions,
  type MathAnswers,
} from '../../../harness/data/index.ts';

export interface LabelledResponse {
  readonly pool: 'gsm8k' | 'math';
  /** Line of the test file, from 0. */
  readonly question: number;
  readonly source: string;
  readonly text: string;
  readonly reference: string;
  readonly label: boolean;
}

const gsm8kRow = z.object({
  q_id: z.number(),
  source: z.string(),
  model: z.string(),
  text: z.string(),
  label: z.boolean(),
});
const exampleRow = z.record(
  z.string(),
  z.union([z.string(), z.object({ is_correct: z.boolean(), solution: z.string() })]),
);
const mathRow = z.object({ q_id: z.number(), model: z.string(), text: z.string(), label: z.boolean() });

/** 17,860 solutions of 14 models. */
export async function gsm8kCandidates(options: FetchOptions): Promise<LabelledResponse[]> {
  const references = await gsm8kReferences(options);
  const rows = await readRows('gsm8k-candidates', 'gsm8k_test_candidates.jsonl', gsm8kRow, options);
  return rows.map(({ q_id: question, source, model, text, label }) => ({
    pool: 'gsm8k',
    question,
    source: `${source}/${model}`,
    text,
    reference: references[question] ?? '',
    label,
  }));
}

/** Four solutions a question. */
export async function gsm8kExamples(options: FetchOptions): Promise<LabelledResponse[]> {
  const references = await gsm8kReferences(options);
  const rows = await readRows('gsm8k', 'example_model_solutions.jsonl', exampleRow, options);
  return rows.flatMap((row, question) =>
    Object.entries(row).flatMap(([source, solved]): LabelledResponse[] => {
      if (typeof solved === 'string') return [];
      const { solution: text, is_correct: label } = solved;
      return [
        {
          pool: 'gsm8k',
          question,
          source: `example-solutions/${source}`,
          text,
          reference: references[question] ?? '',
          label,
        },
      ];
    }),
  );
}

async function gsm8kReferences(options: FetchOptions): Promise<readonly string[]> {
  const questions = await readRows('gsm8k', 'test.jsonl', z.object({ answer: z.string() }), options);
  return questions.map(({ answer }) => answer.split('####')[1]?.trim() ?? '');
}

/** 2,000 solutions of 4 models to MATH-500; the reference is the box of the worked solution. */
export async function mathCandidates(answers: MathAnswers, options: FetchOptions): Promise<LabelledResponse[]> {
  const questions = await readRows('math', 'test.jsonl', z.object({ solution: z.string() }), options);
  const rows = await readRows('math-candidates', 'rho_math500_candidates.jsonl', mathRow, options);
  return rows.map(({ q_id: question, model, text, label }) => ({
    pool: 'math',
    question,
    source: `microsoft-rho/${model}`,
    text,
    reference: answers.answerOf(questions[question]?.solution ?? '') ?? '',
    label,
  }));
}

/** A response that the grader judges otherwise than its label. */
export interface Disagreement extends Omit<LabelledResponse, 'text'> {
  readonly answer: string | null;
  /** null: not graded. */
  readonly grader: boolean | null;
}

export interface Agreement {
  readonly responses: number;
  readonly disagreements: readonly Disagreement[];
  /** Of one response, in milliseconds: median, 99th percentile and largest. */
  readonly times: { readonly p50: number; readonly p99: number; readonly max: number };
}

const shownLength = 60;

export async function agreementOn(rows: readonly LabelledResponse[], answers: MathAnswers): Promise<Agreement> {
  const disagreements: Disagreement[] = [];
  const times: number[] = [];
  for (const { text, ...row } of rows) {
    const start = performance.now();
    const answer = answers.answerOf(text);
    const grader = await answers.isCorrect(answer, row.reference);
    times.push(performance.now() - start);
    if (grader !== row.label) disagreements.push({ ...row, answer: answer?.slice(0, shownLength) ?? null, grader });
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { responses: rows.length, disagreements, times: { p50: at(0.5), p99: at(0.99), max: at(1) } };
}

async function readRows<T>(dataset: string, file: string, row: z.ZodType<T>, options: FetchOptions): Promise<T[]> {
  const place = await fetchDatasetFile(loadDatasetManifest(dataset), file, options);
  const lines = readFileSync(place, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => row.parse(JSON.parse(line)));
}
