/** Rewards as the flat items that metrics and the database read: one row a scored response. */
import type { EncodedPair, EncodedQuestion, CandidateQuestion } from '../data/preference-pair.ts';
import type { Item } from '../eval/index.ts';

/**
 * Candidate 0 is the chosen response, 1 the rejected one. `groupOf`: the question or function a pair belongs to (its
 * own id where nothing else is known).
 */
export function pairItems(
  pairs: readonly EncodedPair[],
  rewards: readonly Float32Array[],
  groupOf: (id: string) => string = (id) => id,
): Item[] {
  return pairs.flatMap((pair, index) =>
    [pair.chosen, pair.rejected].map((response, candidate) => ({
      set: 'pairs' as const,
      itemId: pair.id,
      group: groupOf(pair.id),
      candidate,
      reward: rewardAt(rewards, index, candidate),
      isCorrect: candidate === 0,
      tokens: response.length,
      answer: null,
    })),
  );
}

export function poolItems(
  questions: readonly CandidateQuestion[],
  encoded: readonly EncodedQuestion[],
  rewards: readonly Float32Array[],
): Item[] {
  const textOf = new Map(questions.map((question) => [question.id, question]));
  return encoded.flatMap((question, index) => {
    const text = textOf.get(question.id);
    if (text === undefined) throw new Error(`pool question ${question.id} has token ids but no text`);
    return text.candidates.map(({ answer, isCorrect }, candidate) => ({
      set: 'pool' as const,
      itemId: question.id,
      group: text.group,
      candidate,
      reward: rewardAt(rewards, index, candidate),
      isCorrect,
      tokens: question.candidates[candidate]?.length ?? 0,
      answer,
    }));
  });
}

function rewardAt(rewards: readonly Float32Array[], index: number, candidate: number): number {
  const reward = rewards[index]?.[candidate];
  if (reward === undefined) throw new Error(`no reward for item ${index}, candidate ${candidate}`);
  return reward;
}
