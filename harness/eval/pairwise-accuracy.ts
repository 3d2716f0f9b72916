/**
 * Pairwise accuracy of a reward model: how often the chosen response gets the higher reward. Rewards are compared as
 * float32, as they are stored: a tie there is a tie, and it is shown (strict counts it as a loss, half credit as one
 * half).
 */
import { pairsOf, type Item } from './item.ts';

export interface PairwiseAccuracy {
  readonly strict: number;
  readonly halfCredit: number;
  readonly tieRate: number;
  /** Mean of -log sigmoid(margin), Bradley-Terry. */
  readonly pairwiseLoss: number;
  readonly meanMargin: number;
  /** Pairs counted: those whose two rewards are finite. */
  readonly n: number;
  /** Pairs left out because a reward is NaN or infinite. */
  readonly nonFinite: number;
}

/** Over the items of set `pairs`. All values are NaN where n is 0: nothing was measured. */
export function pairwiseAccuracy(items: readonly Item[]): PairwiseAccuracy {
  return accuracyOfPairs(pairsOf(items));
}

/** What an accuracy needs of a pair. */
export interface RewardedPair {
  readonly chosen: Pick<Item, 'reward'>;
  readonly rejected: Pick<Item, 'reward'>;
}

/** The same of pairs that are not items. */
export function accuracyOfPairs(pairs: readonly RewardedPair[]): PairwiseAccuracy {
  const margins = marginsOf(pairs);
  const n = margins.length;
  const wins = margins.filter((margin) => margin > 0).length;
  const ties = margins.filter((margin) => margin === 0).length;
  return {
    strict: wins / n,
    halfCredit: (wins + ties / 2) / n,
    tieRate: ties / n,
    pairwiseLoss: sum(margins.map(negativeLogSigmoid)) / n,
    meanMargin: sum(margins) / n,
    n,
    nonFinite: pairs.length - n,
  };
}

/** Chosen minus rejected, as stored; without pairs that have a reward that is not finite. */
export function marginsOf(pairs: readonly RewardedPair[]): readonly number[] {
  return pairs.map(marginOf).filter((margin) => margin !== null);
}

/** Null where a reward is not finite. */
function marginOf({ chosen, rejected }: RewardedPair): number | null {
  const [left, right] = [Math.fround(chosen.reward), Math.fround(rejected.reward)];
  return Number.isFinite(left) && Number.isFinite(right) ? left - right : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** log(1 + exp(-margin)) without overflow. */
function negativeLogSigmoid(margin: number): number {
  return Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
}
