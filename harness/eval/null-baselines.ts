/**
 * What a ranker that understands nothing scores on pairs: a coin, the longest and the shortest response.
 */
import { pairsOf, type Item } from './item.ts';
import { accuracyOfPairs } from './pairwise-accuracy.ts';

export interface NullBaseline {
  readonly name: 'random' | 'longest' | 'shortest';
  /** Ties count one half: a length ranker must break them by a coin. NaN without pairs. */
  readonly pairwiseAccuracy: number;
}

export function nullBaselines(items: readonly Item[]): NullBaseline[] {
  const pairs = pairsOf(items);
  const byLength = (sign: 1 | -1): number =>
    accuracyOfPairs(
      pairs.map(({ chosen, rejected }) => ({
        chosen: { reward: sign * chosen.tokens },
        rejected: { reward: sign * rejected.tokens },
      })),
    ).halfCredit;
  return [
    { name: 'random', pairwiseAccuracy: pairs.length === 0 ? NaN : 0.5 },
    { name: 'longest', pairwiseAccuracy: byLength(1) },
    { name: 'shortest', pairwiseAccuracy: byLength(-1) },
  ];
}
