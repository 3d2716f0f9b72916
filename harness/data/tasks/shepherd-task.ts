/**
 * Math-Shepherd (arXiv 2312.08935) as a preference task. A solution counts as correct where all its steps are right: a
 * completion from each of them reached the answer.
 *
 * Its questions are those of the train sets of GSM8K and MATH. Of MATH, other splits than the first are in use (PRM800K
 * trains on 4,500 problems of the test set), so a model trained on it is to be held against MATH's test problems by the
 * contamination check, not by the names of the sets.
 */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { addCount } from '../add-count.ts';
import { fileRows } from '../datasets/checked-rows.ts';
import type { Candidate, PreferencePair, TaskData } from '../preference-pair.ts';
import { withoutAnnotations } from './gsm8k-rows.ts';
import { shepherdRow, steppedSolution, type Step } from './shepherd-rows.ts';
import type { AnswerGrader } from '../grading/grade-candidates.ts';
import type { SolvedQuestion } from './solved-question.ts';
import { drawPairs, gradedTask, splitQuestions, type SolvedTaskOptions } from './solved-task.ts';
import { stepPairs } from './step-pairs.ts';

export const shepherdPairs = ['solutions', 'steps', 'both'] as const;

export interface ShepherdTaskOptions extends SolvedTaskOptions {
  /** The file of rows. */
  readonly path: string;
  readonly pairs: (typeof shepherdPairs)[number];
  /** Of the pool's questions: at most so many solutions, the first of the file, and at least so many. */
  readonly candidates: number;
  readonly leastCandidates: number;
}

interface SteppedQuestion {
  readonly id: string;
  readonly question: string;
  readonly task: string;
  readonly solutions: (readonly Step[])[];
}

/** @throws UserError (2) for a file of another format, or where the splits leave no question to train on. */
export async function shepherdTask(spec: ShepherdTaskOptions, answers: AnswerGrader): Promise<TaskData> {
  const counts: Record<string, number> = {};
  const questions = await readQuestions(spec.path, counts);
  const solved = questions.map((question) => solvedQuestion(question, answers));
  const task = await gradedTask(solved, { answers, labels: null }, spec);
  const { pool, dropped } = limitedPool(task.pool, spec);
  addCount(counts, 'pool question: too few solutions', dropped);
  const whole = { ...task, pool, counts: { ...counts, ...task.counts } };
  return spec.pairs === 'solutions' ? whole : withSteps(whole, questions, spec);
}

async function readQuestions(path: string, counts: Record<string, number>): Promise<SteppedQuestion[]> {
  const questions = new Map<string, SteppedQuestion>();
  for await (const { value } of fileRows(path, shepherdRow, 'Math-Shepherd')) {
    const read = steppedSolution(value);
    if (typeof read === 'string') {
      addCount(counts, read);
      continue;
    }
    const known = questions.get(read.question);
    const { question, steps } = read;
    const clean = steps.map(({ text, isRight }) => ({ text: withoutAnnotations(text), isRight }));
    if (known !== undefined) known.solutions.push(clean);
    else {
      const id = `math-shepherd-${questions.size}`;
      questions.set(question, { id, question, task: value.task, solutions: [clean] });
    }
  }
  if (questions.size === 0) throw nothingRead(path, counts);
  return [...questions.values()];
}

function nothingRead(path: string, counts: Readonly<Record<string, number>>): UserError {
  const reasons = Object.entries(counts).map(([reason, rows]) => `${rows} ${reason}`);
  return new UserError(`${path}: no row can be used: ${reasons.join(', ') || 'there are none'}`, {
    exitCode: 2,
    hint: 'Rows are {input, label, task}: input closes each step with ки, label has + or - there.',
  });
}

function solvedQuestion({ id, question, task, solutions }: SteppedQuestion, answers: AnswerGrader): SolvedQuestion {
  return {
    id,
    prompt: `${question}\n`,
    reference: null,
    candidates: solutions.map((steps, number) => candidateOf(steps, number, answers)),
    subset: task,
  };
}

function candidateOf(steps: readonly Step[], number: number, answers: AnswerGrader): Candidate {
  const text = steps.map((step) => step.text).join('\n');
  return {
    text,
    answer: answers.answerOf(text),
    isCorrect: steps.every(({ isRight }) => isRight),
    source: `math-shepherd/${number}`,
  };
}

function limitedPool(
  pool: TaskData['pool'],
  { candidates: most, leastCandidates: least }: ShepherdTaskOptions,
): { readonly pool: TaskData['pool']; readonly dropped: number } {
  const kept = pool
    .filter(({ candidates }) => candidates.length >= least)
    .map((question) => ({ ...question, candidates: question.candidates.slice(0, most) }));
  return { pool: kept, dropped: pool.length - kept.length };
}

/** The same splits, with pairs of steps in place of those of solutions or beside them. */
function withSteps(task: TaskData, questions: readonly SteppedQuestion[], options: ShepherdTaskOptions): TaskData {
  const { seed, kind } = options;
  const { train, dev, test } = splitQuestions(questions, options);
  const counts: Record<string, number> = { ...task.counts };
  const stepsOf = (split: readonly SteppedQuestion[]): PreferencePair[] =>
    split.flatMap((question) => questionSteps(question, options, counts));
  const kept = (pairs: readonly PreferencePair[]): readonly PreferencePair[] => (options.pairs === 'both' ? pairs : []);
  return {
    ...task,
    train: randomStream(seed, 'task', kind, 'steps order').shuffled([...kept(task.train), ...stepsOf(train)]),
    dev: [...kept(task.dev), ...stepsOf(dev)],
    test: [...kept(task.test), ...stepsOf(test)],
    counts,
  };
}

function questionSteps(
  { id, question, task, solutions }: SteppedQuestion,
  { seed, kind }: SolvedTaskOptions,
  counts: Record<string, number>,
): PreferencePair[] {
  const pairs = stepPairs(solutions);
  const kept = drawPairs(pairs, () => randomStream(seed, 'task', kind, 'step pairs', id));
  addCount(counts, 'beyond the pairs of steps of a question', pairs.length - kept.length);
  addCount(counts, 'question without a pair of steps', pairs.length === 0 ? 1 : 0);
  return kept.map(({ beginning, chosen, rejected, id: pair }) => ({
    id: `${id}:step-${pair}`,
    group: id,
    prompt: `${question}\n${beginning}`,
    chosen,
    rejected,
    source: 'math-shepherd/steps vs math-shepherd/steps',
    edits: [],
    subset: task,
  }));
}
