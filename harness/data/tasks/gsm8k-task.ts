/** GSM8K as a preference task: correct over incorrect solutions by real models. */
import type { TaskData } from '../preference-pair.ts';
import type { FetchOptions } from '../datasets/fetch-file.ts';
import { datasetFile, filesDigest, loadDatasetManifest } from '../datasets/manifest.ts';
import { readCandidateSolutions, readExampleSolutions } from './gsm8k-rows.ts';
import type { ReadOptions } from './solved-question.ts';
import { gradedTask, referencesOf, unreadAnswers, type SolvedTaskOptions } from './solved-task.ts';

export interface Gsm8kTaskOptions extends SolvedTaskOptions {
  readonly pool: Gsm8kPool;
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

/** Throws `UserError`: exit 2 where the splits leave no training question, exit 3 where the data cannot be had. */
export async function gsm8kTask(spec: Gsm8kTaskOptions, options: ReadOptions): Promise<TaskData> {
  return gradedTask(await readPool[spec.pool](options), options, spec);
}

/** The right answer of each question, by its id. @throws UserError (3) where the data cannot be had. */
export async function gsm8kReferences(pool: Gsm8kPool, options: FetchOptions): Promise<ReadonlyMap<string, string>> {
  return referencesOf(await readPool[pool]({ ...options, answers: unreadAnswers, labels: null }));
}

/** sha256 over the raw files that a pool is read from, by the manifests alone. */
export function gsm8kDigest(pool: Gsm8kPool): string {
  const gsm8k = loadDatasetManifest('gsm8k');
  if (pool === 'example-solutions') return filesDigest([datasetFile(gsm8k, 'example_model_solutions.jsonl')]);
  return filesDigest([datasetFile(gsm8k, 'test.jsonl'), ...loadDatasetManifest('gsm8k-candidates').files]);
}
