/**
 * Area under the ROC curve of the rewards of pool candidates: the probability that a right one has a higher reward than
 * a wrong one, a tie counting one half (the Mann-Whitney statistic).
 */
import type { Item } from './item.ts';

type Rewarded = Pick<Item, 'reward' | 'isCorrect'>;

/** null where all candidates are right, or none. */
export function auc(candidates: readonly Rewarded[]): number | null {
  const right = sortedRewards(candidates, true);
  const wrong = sortedRewards(candidates, false);
  if (right.length === 0 || wrong.length === 0) return null;
  let [below, upTo, wins] = [0, 0, 0];
  for (const reward of right) {
    while (below < wrong.length && (wrong[below] as number) < reward) below += 1;
    while (upTo < wrong.length && (wrong[upTo] as number) <= reward) upTo += 1;
    wins += (below + upTo) / 2;
  }
  return wins / (right.length * wrong.length);
}

/** As stored; one that nobody could grade counts as wrong. */
function sortedRewards(candidates: readonly Rewarded[], isCorrect: boolean): Float32Array {
  const own = candidates.filter((item) => (item.isCorrect === true) === isCorrect);
  return Float32Array.from(own, ({ reward }) => reward).sort();
}
