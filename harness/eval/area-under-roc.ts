/**
 * Area under the ROC curve: the probability that a random correct response has a higher reward than a random incorrect
 * one, equal rewards counting one half (the statistic of Mann and Whitney).
 */
import type { Item } from './item.ts';

/** Rewards of all items together; those that nobody could grade are left out. Null without items of both kinds. */
export function areaUnderRoc(items: readonly Pick<Item, 'reward' | 'isCorrect'>[]): number | null {
  const correct = sortedRewards(items, true);
  const incorrect = sortedRewards(items, false);
  if (correct.length === 0 || incorrect.length === 0) return null;
  let [below, notAbove, wins] = [0, 0, 0];
  for (const reward of correct) {
    while (below < incorrect.length && (incorrect[below] as number) < reward) below += 1;
    while (notAbove < incorrect.length && (incorrect[notAbove] as number) <= reward) notAbove += 1;
    wins += (below + notAbove) / 2;
  }
  return wins / (correct.length * incorrect.length);
}

/** As float32, as they are stored: equal there is equal. */
function sortedRewards(items: readonly Pick<Item, 'reward' | 'isCorrect'>[], label: boolean): Float32Array {
  return Float32Array.from(items.filter(({ isCorrect }) => isCorrect === label).map(({ reward }) => reward)).sort();
}
