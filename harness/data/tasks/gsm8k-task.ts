/**
 * GSM8K as a preference task: a correct over an incorrect solution of the same question, by real models; best-of-N over
 * all of a question's solutions. Split by question in a seeded order. Pairs of one question share a `group`: they are
 * not independent, and statistics resample them together.
 */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { Candidate, CandidateQuestion, PreferencePair, TaskData } from '../preference-pair.ts';
import { addCount } from '../add-count.ts';
import type { FetchOptions } from '../datasets/fetch-file.ts';
import { datasetFile, filesDigest, loadDatasetManifest } from '../datasets/manifest.ts';
import { gradeCandidates, type AnswerGrader } from '../grading/grade-candidates.ts';
import { readCandidateSolutions, readExampleSolutions, type ReadOptions, type SolvedQuestion } from './gsm8k-rows.ts';

export interface Gsm8kTaskOptions {
  readonly name: string;
  readonly pool: Gsm8kPool;
  readonly devQuestions: number;
  readonly testQuestions: number;
  readonly seed: number;
}

/** Labelled candidates: at most and at least a question. */
export const gsm8kPools = {
  'example-solutions': { candidates: 4, leastCandidates: 4 },
  candidates: { candidates: 14, leastCandidates: 9 },
} as const;
export type Gsm8kPool = keyof typeof gsm8kPools;

const readPool = {
  'example-solutions': readExampleSolutions,
  candidates: readCandidateSolutions,
} as const satisfies Record<Gsm8kPool, unknown>;

/**
 * At most this many pairs a question, drawn with the task's seed. Fourteen candidates make up to 49 pairs: without a
 * limit a question that half of the models solve would weigh four times one that a single model misses. The four
 * example solutions never make more than four.
 */
export const pairsPerQuestion = 8;

const noDrops = { 'same solution twice': 0, 'beyond the pairs of a question': 0, 'question without a pair': 0 };

/** Throws `UserError`: exit 2 where the splits leave no training question, exit 3 where the data cannot be had. */
export async function gsm8kTask(spec: Gsm8kTaskOptions, options: ReadOptions): Promise<TaskData> {
  const questions = await labelled(await readPool[spec.pool](options), options.labels);
  const { train, dev, test } = splitQuestions(questions, spec);
  const counts = { ...noDrops, ...ungradedOf(questions, options.labels) };
  const pairsOf = (solved: readonly SolvedQuestion[]): PreferencePair[] =>
    solved.flatMap((question) => questionPairs(question, spec.seed, counts));
  return {
    train: randomStream(spec.seed, 'task', 'gsm8k', 'train order').shuffled(pairsOf(train)),
    dev: pairsOf(dev),
    test: pairsOf(test),
    pool: test.map(toPoolQuestion),
    counts,
  };
}

async function labelled(questions: readonly SolvedQuestion[], grader: AnswerGrader | null): Promise<SolvedQuestion[]> {
  if (grader === null) return [...questions];
  const graded: SolvedQuestion[] = [];
  for (const question of questions)
    graded.push({
      ...question,
      candidates: await gradeCandidates(question.candidates, question.reference, grader),
    });
  return graded;
}

/** Only where a grader could fail: the dataset's own labels are complete. */
function ungradedOf(
  questions: readonly SolvedQuestion[],
  grader: AnswerGrader | null,
): Readonly<Record<string, number>> {
  if (grader === null) return {};
  const all = questions.flatMap(({ candidates }) => candidates);
  return { 'candidate: not graded': all.filter(({ isCorrect }) => isCorrect === null).length };
}

interface Splits {
  readonly train: readonly SolvedQuestion[];
  readonly dev: readonly SolvedQuestion[];
  readonly test: readonly SolvedQuestion[];
}

function splitQuestions(questions: readonly SolvedQuestion[], spec: Gsm8kTaskOptions): Splits {
  const { testQuestions, devQuestions } = spec;
  const heldOut = testQuestions + devQuestions;
  if (heldOut >= questions.length) throw nothingToTrainOn(spec, questions.length);
  const order = randomStream(spec.seed, 'task', 'gsm8k', 'split').shuffled(questions);
  return {
    test: order.slice(0, testQuestions),
    dev: order.slice(testQuestions, heldOut),
    train: order.slice(heldOut),
  };
}

function nothingToTrainOn({ name, testQuestions, devQuestions }: Gsm8kTaskOptions, questions: number): UserError {
  return new UserError(
    `task ${name}: ${testQuestions} test + ${devQuestions} dev questions leave none of ${questions} for training`,
    { exitCode: 2, hint: 'lower testQuestions or devQuestions' },
  );
}

function toPoolQuestion({ id, question, candidates }: SolvedQuestion): CandidateQuestion {
  return { id, group: id, prompt: `${question}\n`, candidates };
}

function questionPairs(solved: SolvedQuestion, seed: number, counts: Record<string, number>): PreferencePair[] {
  const distinct = withoutRepeats(solved.candidates);
  const pairs = correctOverIncorrect({ ...solved, candidates: distinct });
  const kept = drawPairs(pairs, solved.id, seed);
  addCount(counts, 'same solution twice', solved.candidates.length - distinct.length);
  addCount(counts, 'beyond the pairs of a question', pairs.length - kept.length);
  addCount(counts, 'question without a pair', pairs.length === 0 ? 1 : 0);
  return kept;
}

/** The first candidate of each text. */
function withoutRepeats(candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter((candidate, c) => candidates.findIndex((other) => other.text === candidate.text) === c);
}

function correctOverIncorrect({ id, question, candidates }: SolvedQuestion): PreferencePair[] {
  const chosen = candidates.filter(({ isCorrect }) => isCorrect === true);
  const rejected = candidates.filter(({ isCorrect }) => isCorrect === false);
  return chosen.flatMap((right) => rejected.map((wrong) => toPair(id, question, right, wrong)));
}

function drawPairs(pairs: PreferencePair[], question: string, seed: number): PreferencePair[] {
  if (pairs.length <= pairsPerQuestion) return pairs;
  return randomStream(seed, 'task', 'gsm8k', 'pairs', question).shuffled(pairs).slice(0, pairsPerQuestion);
}

function toPair(id: string, question: string, right: Candidate, wrong: Candidate): PreferencePair {
  return {
    id: `${id}:${right.source}>${wrong.source}`,
    group: id,
    prompt: `${question}\n`,
    chosen: right.text,
    rejected: wrong.text,
    source: `${right.source} vs ${wrong.source}`,
    edits: [],
  };
}

/**
 * Whether both responses come from one origin (the part of a source before the slash): there, telling the writers apart
 * does not help.
 */
export function isWithinSource(pair: Pick<PreferencePair, 'source'>): boolean {
  const [right, wrong] = pair.source.split(' vs ').map((source) => source.slice(0, source.lastIndexOf('/')));
  return right === wrong;
}

/** The right answer of each question, by its id. @throws UserError (3) where the data cannot be had. */
export async function gsm8kReferences(pool: Gsm8kPool, options: FetchOptions): Promise<ReadonlyMap<string, string>> {
  const unread = { answerOf: () => null, normalize: () => null };
  const questions = await readPool[pool]({ ...options, answers: unread, labels: null });
  return new Map(questions.map(({ id, reference }) => [id, reference]));
}

/** sha256 over the raw files that a pool is read from, by the manifests alone. */
export function gsm8kDigest(pool: Gsm8kPool): string {
  const gsm8k = loadDatasetManifest('gsm8k');
  if (pool === 'example-solutions') return filesDigest([datasetFile(gsm8k, 'example_model_solutions.jsonl')]);
  return filesDigest([datasetFile(gsm8k, 'test.jsonl'), ...loadDatasetManifest('gsm8k-candidates').files]);
}
