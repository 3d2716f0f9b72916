/** Does the reward follow the length? Spearman's rank correlation over all responses of the pairs. */
import { spearman } from '../stats/index.ts';
import type { ScoredPair } from './item.ts';

/**
 * Null where it is not defined: fewer than two responses, all rewards equal, all lengths equal, or a reward that is not
 * finite.
 */
export function rewardLengthSpearman(pairs: readonly ScoredPair[]): number | null {
  const responses = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const rewards = responses.map((item) => Math.fround(item.reward));
  if (!rewards.every(Number.isFinite)) return null;
  return spearman(
    rewards,
    responses.map((item) => item.tokens),
  );
}
