/** Rows of multiple-choice datasets, each in its public format, as questions with options. */
import { z } from 'zod';
import { UserError } from '../../spec/user-error.ts';
import { datasetRows, fileRows, type CheckedRow } from '../datasets/checked-rows.ts';
import type { FetchOptions } from '../datasets/fetch-file.ts';
import { datasetFile, filesDigest, loadDatasetManifest } from '../datasets/manifest.ts';
import type { ChoiceQuestion } from './multiple-choice.ts';

const text = z.string().refine((value) => value.trim() !== '', 'must not be empty');

/** ReClor (arXiv 2002.04326). `label` is absent in its test.json, whose answers are not public. */
const reclorRow = z.object({
  context: z.string(),
  question: text,
  answers: z.array(text).length(4),
  label: z.number().int().min(0).max(3).optional(),
});

/** @throws UserError (2) for a row of another shape, or one without a label. */
export async function readReclor(path: string, role: string): Promise<ChoiceQuestion[]> {
  const questions: ChoiceQuestion[] = [];
  for await (const { row, place, value } of fileRows(path, reclorRow, 'ReClor')) {
    const { context, question, answers, label } = value;
    if (label === undefined)
      throw new UserError(`${place}: the row has no label`, {
        exitCode: 2,
        hint: "The answers of ReClor's test.json are not public: evaluate on val.json.",
      });
    questions.push({ id: `${role}-${row}`, passage: context, question, options: answers, answer: label });
  }
  return questions;
}

const logiqaRow = z.object({
  text: z.string(),
  question: text,
  options: z.array(text).length(4),
  answer: z.number().int().min(0).max(3),
});
type LogiqaRow = z.output<typeof logiqaRow>;

export const logiqaTests = ['test', 'ood_test'] as const;
export type LogiqaFile = 'dev' | (typeof logiqaTests)[number];

/** @throws UserError (3) where the file cannot be had. */
export async function readLogiqa(file: LogiqaFile, options: FetchOptions): Promise<ChoiceQuestion[]> {
  return collected(datasetRows('logiqa2', `${file}.jsonl`, logiqaRow, options), (row) => logiqaQuestion(row, file));
}

/** A user's file in that format, such as the repository's train.txt. @throws UserError (2) for another format. */
export async function readLogiqaFile(path: string, role: string): Promise<ChoiceQuestion[]> {
  return collected(fileRows(path, logiqaRow, 'LogiQA 2.0'), (row) => logiqaQuestion(row, role));
}

/** Options of the out-of-domain test begin with their letter, which would tell the place of the option. */
function logiqaQuestion({ row, value }: CheckedRow<LogiqaRow>, role: string): ChoiceQuestion {
  const { text: passage, question, options, answer } = value;
  const isLettered = options.every((option, o) => option.startsWith(`${letters[o]}.`));
  const texts = isLettered ? options.map((option) => option.slice(2).trim()) : options;
  return { id: `${role}-${row}`, passage, question, options: texts, answer };
}

/** The files of LogiQA 2.0 that are read, by the manifest alone. */
export function logiqaDigest(files: readonly LogiqaFile[]): string {
  const manifest = loadDatasetManifest('logiqa2');
  return filesDigest(files.map((file) => datasetFile(manifest, `${file}.jsonl`)));
}

const letters = 'ABCDE';

const lsatQuestion = z
  .object({
    id: text,
    question: text,
    options: z.array(text).min(4).max(5),
    answer: z.enum(['A', 'B', 'C', 'D', 'E']),
  })
  .refine(({ options, answer }) => letters.indexOf(answer) < options.length, 'the answer is none of the options');
export const lsatRow = z.object({ passage: text, questions: z.array(lsatQuestion) });

export const lsatFiles = {
  train: 'AR_TrainingData.json',
  dev: 'AR_DevelopmentData.json',
  test: 'AR_TestData.json',
} as const;

/** A row is a passage with its questions. @throws UserError (3) where the file cannot be had. */
export async function readLsat(split: keyof typeof lsatFiles, options: FetchOptions): Promise<ChoiceQuestion[]> {
  const questions: ChoiceQuestion[] = [];
  for await (const { value } of datasetRows('ar-lsat', lsatFiles[split], lsatRow, options))
    questions.push(...lsatQuestions(value));
  return questions;
}

export function lsatQuestions({ passage, questions }: z.output<typeof lsatRow>): ChoiceQuestion[] {
  return questions.map(({ id, question, options, answer }) => ({
    id,
    passage,
    question,
    options,
    answer: letters.indexOf(answer),
  }));
}

async function collected<T>(
  rows: AsyncGenerator<CheckedRow<T>>,
  toQuestion: (row: CheckedRow<T>) => ChoiceQuestion,
): Promise<ChoiceQuestion[]> {
  const questions: ChoiceQuestion[] = [];
  for await (const row of rows) questions.push(toQuestion(row));
  return questions;
}
