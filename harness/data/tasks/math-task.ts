/** MATH (arXiv 2103.03874): labelled solutions of four models to the 500 problems of MATH-500. */
import { z } from 'zod';
import { allDatasetRows } from '../datasets/checked-rows.ts';
import type { FetchOptions } from '../datasets/fetch-file.ts';
import { datasetFile, filesDigest, loadDatasetManifest } from '../datasets/manifest.ts';
import { MathAnswers } from '../grading/math-answers.ts';
import type { Candidate, TaskData } from '../preference-pair.ts';
import type { ReadOptions, SolvedQuestion } from './solved-question.ts';
import { gradedTask, referencesOf, type SolvedTaskOptions } from './solved-task.ts';

export const mathSections = ['subject', 'level'] as const;

export interface MathTaskOptions extends SolvedTaskOptions {
  /** What the sections of the results are: subjects, or levels of difficulty. */
  readonly sections: (typeof mathSections)[number];
}

const problemRow = z.object({ problem: z.string(), level: z.string(), type: z.string(), solution: z.string() });
const candidateRow = z.object({
  q_id: z.number().int().min(0),
  model: z.string(),
  text: z.string(),
  pred: z.string().nullable(),
  label: z.boolean(),
});
type CandidateRow = z.output<typeof candidateRow>;

const problemsFile = 'test.jsonl';
const candidatesFile = 'rho_math500_candidates.jsonl';

/** @throws UserError (2) where the splits leave no training question, (3) where the data cannot be had. */
export async function mathTask(spec: MathTaskOptions, options: ReadOptions): Promise<TaskData> {
  return gradedTask(await readMath(spec.sections, options), options, spec);
}

/** The right answer of each problem, by its id. @throws UserError (3) where the data cannot be had. */
export async function mathReferences(options: FetchOptions): Promise<ReadonlyMap<string, string>> {
  return referencesOf(await readMath('subject', { ...options, answers: new MathAnswers(), labels: null }));
}

/** Problems with solutions, in the order of MATH's test set. */
async function readMath(sections: MathTaskOptions['sections'], options: ReadOptions): Promise<SolvedQuestion[]> {
  const problems = await allDatasetRows('math', problemsFile, problemRow, options);
  const byProblem = new Map<number, CandidateRow[]>();
  for (const row of await allDatasetRows('math-candidates', candidatesFile, candidateRow, options))
    byProblem.set(row.q_id, [...(byProblem.get(row.q_id) ?? []), row]);
  return problems.flatMap(({ problem, level, type, solution }, q) => {
    const rows = byProblem.get(q);
    if (rows === undefined) return [];
    const candidates = rows.map((row) => candidateOf(row, options.answers));
    const subset = sections === 'level' ? level : type;
    const reference = options.answers.answerOf(solution);
    return [{ id: `math-${q}`, prompt: `${problem}\n`, reference, candidates, subset }];
  });
}

/**
 * Two manners, two sizes each: reasoning in words, and programs with their output. Which manner a solution has is seen
 * at a glance, so the manner is the origin of its source.
 */
function candidateOf({ model, text, pred, label }: CandidateRow, answers: ReadOptions['answers']): Candidate {
  const isMissing = pred === null || pred === '';
  return {
    text,
    // `pred` is what was graded; it is missing where the grader found none.
    answer: isMissing ? answers.answerOf(text) : answers.normalize(pred),
    isCorrect: label,
    source: `${model.includes('interpreter') ? 'rho-interpreter' : 'rho'}/${model}`,
  };
}

/** sha256 over the raw files that are read, by the manifests alone. */
export function mathDigest(): string {
  return filesDigest([
    datasetFile(loadDatasetManifest('math'), problemsFile),
    datasetFile(loadDatasetManifest('math-candidates'), candidatesFile),
  ]);
}
