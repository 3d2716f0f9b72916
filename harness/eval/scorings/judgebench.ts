/**
 * JudgeBench (Tan et al. 2024, arXiv 2410.12784): pairwise accuracy over all pairs, and by category. Equal rewards are
 * a loss: a reward model judges a pair once, since its order does not matter.
 */
import { pairsOf, type Item, type Metric } from '../item.ts';
import { accuracyOfPairs } from '../pairwise-accuracy.ts';
import { groupedBy, metricName, type Scoring } from './scoring.ts';

export const judgeBench: Scoring = { name: 'judgebench', version: 1, metrics: scores };

function scores(items: readonly Item[]): readonly Metric[] {
  const pairs = pairsOf(items);
  const byCategory = groupedBy(pairs, ({ chosen }) => chosen.subset ?? 'other');
  return [
    { name: 'score', value: accuracyOfPairs(pairs).strict },
    ...[...byCategory].map(([category, ones]) => ({ name: metricName(category), value: accuracyOfPairs(ones).strict })),
  ];
}
