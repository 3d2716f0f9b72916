/**
 * What a ranker that understands nothing scores: a coin, the longest and the shortest response, under the same exact
 * estimators as a reward model.
 */
import { longestAtN, randomAtN, shortestAtN } from './best-of-n.ts';
import { pairsOf, type Item } from './item.ts';
import { accuracyOfPairs } from './pairwise-accuracy.ts';
import type { AtN } from './subsets.ts';

export interface NullBaseline {
  readonly name: 'random' | 'longest' | 'shortest';
  /** Ties count one half: a length ranker must break them by a coin. NaN without pairs. */
  readonly pairwiseAccuracy: number;
  readonly atN: readonly AtN[];
}

export function nullBaselines(items: readonly Item[], Ns: readonly number[]): NullBaseline[] {
  const pairs = pairsOf(items);
  const byLength = (sign: 1 | -1): number =>
    accuracyOfPairs(
      pairs.map(({ chosen, rejected }) => ({
        chosen: { reward: sign * chosen.tokens },
        rejected: { reward: sign * rejected.tokens },
      })),
    ).halfCredit;
  return [
    { name: 'random', pairwiseAccuracy: pairs.length === 0 ? NaN : 0.5, atN: randomAtN(items, Ns) },
    { name: 'longest', pairwiseAccuracy: byLength(1), atN: longestAtN(items, Ns) },
    { name: 'shortest', pairwiseAccuracy: byLength(-1), atN: shortestAtN(items, Ns) },
  ];
}
