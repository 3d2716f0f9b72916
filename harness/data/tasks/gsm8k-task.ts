/**
 * GSM8K as a preference task: a correct over an incorrect solution of the same question, by real models; best-of-N over
 * all of a question's solutions. Split by question in a seeded order. Pairs of one question share a `group`: they are
 * not independent, and statistics resample them together.
 */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { FetchOptions } from '../datasets/fetch-file.ts';
import type { Candidate, PreferencePair, TaskData } from '../preference-pair.ts';
import { datasetFile, filesDigest, loadDatasetManifest } from '../datasets/manifest.ts';
import { readCandidateSolutions, readExampleSolutions, type AnswerReader, type SolvedQuestion } from './gsm8k-rows.ts';

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

/**
 * At most this many pairs a question, drawn with the task's seed. Fourteen candidates make up to 49 pairs: without a
 * limit a question that half of the models solve would weigh four times one that a single model misses. The four
 * example solutions never make more than four.
 */
export const pairsPerQuestion = 8;

/** Throws `UserError`: exit 2 where the splits leave no training question, exit 3 where the data cannot be had. */
export async function gsm8kTask(
  spec: Gsm8kTaskOptions,
  options: FetchOptions & { readonly answers: AnswerReader },
): Promise<TaskData> {
  const read = {
    'example-solutions': readExampleSolutions,
    candidates: readCandidateSolutions,
  } as const satisfies Record<Gsm8kPool, unknown>;
  const questions = await read[spec.pool](options);
  const { testQuestions, devQuestions } = spec;
  if (testQuestions + devQuestions >= questions.length) {
    throw new UserError(
      `task ${spec.name}: ${testQuestions} test + ${devQuestions} dev questions leave none of ${questions.length} for training`,
      { exitCode: 2, hint: 'lower testQuestions or devQuestions' },
    );
  }
  const order = randomStream(spec.seed, 'task', 'gsm8k', 'split').shuffled(questions);
  const test = order.slice(0, testQuestions);
  const dev = order.slice(testQuestions, testQuestions + devQuestions);
  const train = order.slice(testQuestions + devQuestions);
  const counts: Record<string, number> = {
    'same solution twice': 0,
    'beyond the pairs of a question': 0,
    'question without a pair': 0,
  };
  const pairsOf = (some: readonly SolvedQuestion[]): PreferencePair[] =>
    some.flatMap((question) => questionPairs(question, spec.seed, counts));
  return {
    train: randomStream(spec.seed, 'task', 'gsm8k', 'train order').shuffled(pairsOf(train)),
    dev: pairsOf(dev),
    test: pairsOf(test),
    pool: test.map(({ id, question, candidates }) => ({ id, group: id, prompt: `${question}\n`, candidates })),
    counts,
  };
}

function questionPairs(
  { id, question, candidates }: SolvedQuestion,
  seed: number,
  counts: Record<string, number>,
): PreferencePair[] {
  const distinct = candidates.filter(
    (candidate, c) => candidates.findIndex((other) => other.text === candidate.text) === c,
  );
  const chosen = distinct.filter((candidate) => candidate.isCorrect);
  const rejected = distinct.filter((candidate) => !candidate.isCorrect);
  const all = chosen.flatMap((right) => rejected.map((wrong) => toPair(id, question, right, wrong)));
  const kept =
    all.length <= pairsPerQuestion
      ? all
      : randomStream(seed, 'task', 'gsm8k', 'pairs', id).shuffled(all).slice(0, pairsPerQuestion);
  counts['same solution twice'] = (counts['same solution twice'] ?? 0) + candidates.length - distinct.length;
  counts['beyond the pairs of a question'] = (counts['beyond the pairs of a question'] ?? 0) + all.length - kept.length;
  counts['question without a pair'] = (counts['question without a pair'] ?? 0) + (all.length === 0 ? 1 : 0);
  return kept;
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

/** sha256 over the raw files that a pool is read from, by the manifests alone. */
export function gsm8kDigest(pool: Gsm8kPool): string {
  const gsm8k = loadDatasetManifest('gsm8k');
  if (pool === 'example-solutions') return filesDigest([datasetFile(gsm8k, 'example_model_solutions.jsonl')]);
  return filesDigest([datasetFile(gsm8k, 'test.jsonl'), ...loadDatasetManifest('gsm8k-candidates').files]);
}
