/**
 * A task's splits as the stages read them: token ids for the model, text facts (group, answer, label) for the metrics.
 */
import path from 'node:path';
import { readEncodedPairs, readEncodedQuestions, readPairs, readQuestions } from '../data/index.ts';
import type { CandidateQuestion, EncodedPair, EncodedQuestion, PreferencePair } from '../data/preference-pair.ts';
import type { Item } from '../eval/index.ts';
import type { Scorer } from './compute.ts';
import { pairItems, poolItems } from './items.ts';

export const taskSplits = ['train', 'dev', 'test'] as const;

export interface EvaluationSplit {
  readonly pairs: readonly EncodedPair[];
  readonly texts: readonly PreferencePair[];
  readonly pool: readonly EncodedQuestion[];
  readonly questions: readonly CandidateQuestion[];
}

/** The pool belongs to `test`; `dev` has pairs only. */
export function readSplit(taskFolder: string, split: 'dev' | 'test'): EvaluationSplit {
  const pairs = readEncodedPairs(path.join(taskFolder, `${split}.arrow`));
  const texts = readPairs(path.join(taskFolder, `${split}.jsonl`));
  if (split === 'dev') return { pairs, texts, pool: [], questions: [] };
  return {
    pairs,
    texts,
    pool: readEncodedQuestions(path.join(taskFolder, 'pool.arrow')),
    questions: readQuestions(path.join(taskFolder, 'pool.jsonl')),
  };
}

/** Rewards of every pair and candidate of the split. */
export async function scoreSplit(score: Scorer, split: EvaluationSplit): Promise<Item[]> {
  const texts = new Map(split.texts.map((text) => [text.id, text]));
  const pairRewards = await score(
    split.pairs.map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] })),
  );
  const poolRewards = await score(split.pool.map(({ prompt, candidates }) => ({ prompt, responses: candidates })));
  return [
    ...pairItems(split.pairs, pairRewards, (id) => texts.get(id)),
    ...poolItems(split.questions, split.pool, poolRewards),
  ];
}
