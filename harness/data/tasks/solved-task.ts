/**
 * Questions with labelled solutions as a preference task: a correct over an incorrect solution of the same question,
 * and best-of-N over all of a question's solutions. Split by question in a seeded order.
 */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { addCount } from '../add-count.ts';
import { gradeCandidates, voteAnswers, type AnswerGrader, type Grading } from '../grading/grade-candidates.ts';
import type { Candidate, CandidateQuestion, PreferencePair, TaskData } from '../preference-pair.ts';
import type { SolvedQuestion } from './solved-question.ts';

export interface SolvedTaskOptions {
  /** Of the task, for messages. */
  readonly name: string;
  /** Of its kind: names the random streams. */
  readonly kind: string;
  readonly devQuestions: number;
  readonly testQuestions: number;
  readonly seed: number;
}

/**
 * At most this many pairs a question, drawn with the task's seed. Fourteen candidates make up to 49 pairs: without a
 * limit a question that half of the models solve would weigh four times one that a single model misses.
 */
export const pairsPerQuestion = 8;

const noDrops = { 'same solution twice': 0, 'beyond the pairs of a question': 0, 'question without a pair': 0 };

/** @throws UserError (2) where the splits leave no question for training. */
export function solvedTask(questions: readonly SolvedQuestion[], options: SolvedTaskOptions): TaskData {
  const { train, dev, test } = splitQuestions(questions, options);
  const counts = { ...noDrops };
  const pairsOf = (split: readonly SolvedQuestion[]): PreferencePair[] =>
    split.flatMap((question) => questionPairs(question, options, counts));
  return {
    train: randomStream(options.seed, 'task', options.kind, 'train order').shuffled(pairsOf(train)),
    dev: pairsOf(dev),
    test: pairsOf(test),
    pool: test.map(poolQuestion),
    counts,
  };
}

/**
 * The same with answers that are equal text where the grader calls them equal, and with its labels where it gives them.
 *
 * @throws UserError (2) as `solvedTask` does.
 */
export async function gradedTask(
  questions: readonly SolvedQuestion[],
  { answers, labels }: Grading,
  options: SolvedTaskOptions,
): Promise<TaskData> {
  const graded: SolvedQuestion[] = [];
  for (const question of questions) graded.push(await gradedQuestion(question, { answers, labels }));
  const task = solvedTask(graded, options);
  return labels === null ? task : { ...task, counts: { ...task.counts, 'candidate: not graded': ungraded(graded) } };
}

/** Of a reader that is only after the references. */
export const unreadAnswers: AnswerGrader = { answerOf: () => null, normalize: () => null, isCorrect: () => null };

/** The right answer of each question that has one, by its id. */
export function referencesOf(questions: readonly SolvedQuestion[]): ReadonlyMap<string, string> {
  return new Map(questions.flatMap(({ id, reference }) => (reference === null ? [] : [[id, reference]])));
}

async function gradedQuestion(question: SolvedQuestion, { answers, labels }: Grading): Promise<SolvedQuestion> {
  const { candidates, reference } = question;
  if (labels !== null) return { ...question, candidates: await gradeCandidates(candidates, reference ?? '', labels) };
  const votes = await voteAnswers(
    candidates.map(({ answer }) => answer),
    answers,
  );
  return {
    ...question,
    candidates: candidates.map((one) => ({ ...one, answer: votes.get(one.answer ?? '') ?? one.answer })),
  };
}

const ungraded = (questions: readonly SolvedQuestion[]): number =>
  questions.flatMap(({ candidates }) => candidates).filter(({ isCorrect }) => isCorrect === null).length;

export interface QuestionSplits<Question> {
  readonly train: readonly Question[];
  readonly dev: readonly Question[];
  readonly test: readonly Question[];
}

/** @throws UserError (2) where nothing is left for training. */
export function splitQuestions<Question>(
  questions: readonly Question[],
  options: SolvedTaskOptions,
): QuestionSplits<Question> {
  const { testQuestions, devQuestions, seed, kind } = options;
  const heldOut = testQuestions + devQuestions;
  if (heldOut >= questions.length) throw nothingToTrainOn(options, questions.length);
  const order = randomStream(seed, 'task', kind, 'split').shuffled(questions);
  return {
    test: order.slice(0, testQuestions),
    dev: order.slice(testQuestions, heldOut),
    train: order.slice(heldOut),
  };
}

function nothingToTrainOn({ name, testQuestions, devQuestions }: SolvedTaskOptions, questions: number): UserError {
  return new UserError(
    `task ${name}: ${testQuestions} test + ${devQuestions} dev questions leave none of ${questions} for training`,
    { exitCode: 2, hint: 'lower testQuestions or devQuestions' },
  );
}

export function poolQuestion({ id, prompt, candidates, subset }: SolvedQuestion): CandidateQuestion {
  return { id, group: id, prompt, candidates, ...(subset === undefined ? {} : { subset }) };
}

function questionPairs(
  solved: SolvedQuestion,
  { seed, kind }: SolvedTaskOptions,
  counts: Record<string, number>,
): PreferencePair[] {
  const distinct = withoutRepeats(solved.candidates);
  const pairs = correctOverIncorrect({ ...solved, candidates: distinct });
  const kept = drawPairs(pairs, () => randomStream(seed, 'task', kind, 'pairs', solved.id));
  addCount(counts, 'same solution twice', solved.candidates.length - distinct.length);
  addCount(counts, 'beyond the pairs of a question', pairs.length - kept.length);
  addCount(counts, 'question without a pair', pairs.length === 0 ? 1 : 0);
  return kept;
}

/** The first candidate of each text. */
function withoutRepeats(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ text }) => !seen.has(text) && seen.add(text));
}

function correctOverIncorrect(question: SolvedQuestion): PreferencePair[] {
  const chosen = question.candidates.filter(({ isCorrect }) => isCorrect === true);
  const rejected = question.candidates.filter(({ isCorrect }) => isCorrect === false);
  return chosen.flatMap((right) => rejected.map((wrong) => toPair(question, right, wrong)));
}

/** All of them, or as many as a question may have, drawn from the stream. */
export function drawPairs<Pair>(pairs: Pair[], stream: () => ReturnType<typeof randomStream>): Pair[] {
  return pairs.length <= pairsPerQuestion ? pairs : stream().shuffled(pairs).slice(0, pairsPerQuestion);
}

function toPair({ id, prompt, subset, language }: SolvedQuestion, right: Candidate, wrong: Candidate): PreferencePair {
  return {
    id: `${id}:${right.source}>${wrong.source}`,
    group: id,
    prompt,
    chosen: right.text,
    rejected: wrong.text,
    source: `${right.source} vs ${wrong.source}`,
    edits: [],
    ...(subset === undefined ? {} : { subset }),
    ...(language === undefined ? {} : { language, isDescribed: true }),
  };
}

/**
 * Whether both responses come from one origin (the part of a source before the slash): there, telling the writers apart
 * does not help.
 */
export function isWithinSource(pair: Pick<PreferencePair, 'source'>): boolean {
  const [right, wrong] = pair.source.split(' vs ').map((source) => source.replace(/\/[^/]*$/, ''));
  return right === wrong;
}
