/**
 * Rewards that rank nothing: not finite, or all the same. An accuracy over them would look like a number and say
 * nothing, so it is flagged.
 */
import type { Item } from './item.ts';

export interface RewardHealth {
  readonly nonFinite: number;
  readonly areAllEqual: boolean;
  readonly isDegenerate: boolean;
}

export function rewardHealth(items: readonly Item[]): RewardHealth {
  const rewards = items.map((item) => Math.fround(item.reward));
  const nonFinite = rewards.filter((reward) => !Number.isFinite(reward)).length;
  const areAllEqual = rewards.length > 1 && rewards.every((reward) => reward === rewards[0]);
  return { nonFinite, areAllEqual, isDegenerate: nonFinite > 0 || areAllEqual };
}
