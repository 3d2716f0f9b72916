/** Does the reward follow the length? Spearman's rank correlation over responses. */
import { spearman } from '../stats/index.ts';
import type { Item } from './item.ts';

/**
 * Null where it is not defined: fewer than two responses, all rewards equal, all lengths equal, or a reward that is not
 * finite.
 */
export function rewardLengthSpearman(responses: readonly Pick<Item, 'reward' | 'tokens'>[]): number | null {
  const rewards = responses.map((item) => Math.fround(item.reward));
  if (!rewards.every(Number.isFinite)) return null;
  return spearman(
    rewards,
    responses.map((item) => item.tokens),
  );
}
