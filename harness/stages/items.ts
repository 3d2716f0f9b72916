/** Rewards as the flat items that metrics and the database read: one row a scored response. */
import type { CandidateQuestion, EncodedPair, EncodedQuestion, PreferencePair } from '../data/preference-pair.ts';
import type { Item } from '../eval/index.ts';

/**
 * Candidate 0 is the chosen response, 1 the rejected one. `textOf`: the pair as text; where it is not known, a pair
 * is a group of its own.
 */
export function pairItems(
  pairs: readonly EncodedPair[],
  rewards: readonly Float32Array[],
  textOf: (id: string) => PairFacts | undefined = () => undefined,
): Item[] {
  return pairs.flatMap((pair, index) => {
    const text = textOf(pair.id);
    const sources = text?.source.split(' vs ') ?? [];
    return [pair.chosen, pair.rejected].map((response, candidate) => ({
      set: 'pairs' as const,
      itemId: pair.id,
      group: text?.group ?? pair.id,
      candidate,
      reward: rewardAt(rewards, index, candidate),
      isCorrect: candidate === 0,
      tokens: response.length,
      answer: null,
      subset: text?.subset ?? null,
      source: (sources.length === 2 ? sources[candidate] : null) ?? null,
    }));
  });
}

/** What is known of a pair besides its tokens. */
type PairFacts = Pick<PreferencePair, 'group' | 'source' | 'subset'>;

export function poolItems(
  questions: readonly CandidateQuestion[],
  encoded: readonly EncodedQuestion[],
  rewards: readonly Float32Array[],
): Item[] {
  const textOf = new Map(questions.map((question) => [question.id, question]));
  return encoded.flatMap((question, index) => {
    const text = textOf.get(question.id);
    if (text === undefined) throw new Error(`pool question ${question.id} has token ids but no text`);
    return text.candidates.map(({ answer, isCorrect, source }, candidate) => ({
      set: 'pool' as const,
      itemId: question.id,
      group: text.group,
      candidate,
      reward: rewardAt(rewards, index, candidate),
      isCorrect,
      tokens: question.candidates[candidate]?.length ?? 0,
      answer,
      subset: text.subset ?? null,
      source,
    }));
  });
}

function rewardAt(rewards: readonly Float32Array[], index: number, candidate: number): number {
  const reward = rewards[index]?.[candidate];
  if (reward === undefined) throw new Error(`no reward for item ${index}, candidate ${candidate}`);
  return reward;
}
