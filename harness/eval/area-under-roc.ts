/**
 * Area under the ROC curve: the probability that a random correct response has a higher reward than a random incorrect
 * one, equal rewards counting one half (the statistic of Mann and Whitney, by ranks).
 */
import type { Item } from './item.ts';

/** Rewards of all items together; those that nobody could grade are left out. Null without items of both kinds. */
export function areaUnderRoc(items: readonly Pick<Item, 'reward' | 'isCorrect'>[]): number | null {
  const graded = items
    .filter(({ isCorrect }) => isCorrect !== null)
    .map(({ reward, isCorrect }) => ({ reward: Math.fround(reward), isCorrect: isCorrect === true }))
    .toSorted((a, b) => a.reward - b.reward);
  const correct = graded.filter(({ isCorrect }) => isCorrect).length;
  const incorrect = graded.length - correct;
  if (correct === 0 || incorrect === 0) return null;
  let below = 0;
  let wins = 0;
  for (let start = 0; start < graded.length;) {
    const { reward } = graded[start] as (typeof graded)[number];
    let [right, wrong, end] = [0, 0, start];
    for (; end < graded.length && graded[end]?.reward === reward; end++)
      if (graded[end]?.isCorrect === true) right += 1;
      else wrong += 1;
    wins += right * (below + wrong / 2);
    below += wrong;
    start = end;
  }
  return wins / (correct * incorrect);
}
