/** Items for the tests of metrics. */
import type { Item } from '../../harness/eval/index.ts';

export type Candidate = Pick<Item, 'reward' | 'isCorrect' | 'tokens' | 'answer'> & Partial<Pick<Item, 'source'>>;

/** The candidates of one question. */
export function question(candidates: readonly Candidate[], itemId = 'q', group = itemId): Item[] {
  return candidates.map((candidate, c) => ({
    set: 'pool',
    itemId,
    group,
    candidate: c,
    subset: null,
    source: null,
    ...candidate,
  }));
}

/** Candidates that differ in what is given; a right one has the answer `right`. */
export function candidateOf(given: Partial<Candidate>): Candidate {
  const { isCorrect = false } = given;
  return { reward: 0, tokens: 1, answer: isCorrect === true ? 'right' : 'wrong', isCorrect, ...given };
}

export function subsets<T>(items: readonly T[], N: number): T[][] {
  if (N === 0) return [[]];
  return items.flatMap((item, i) => subsets(items.slice(i + 1), N - 1).map((rest) => [item, ...rest]));
}

/** Mean over all subsets, by looking at each. */
export function bruteForce<T>(candidates: readonly T[], N: number, valueOf: (subset: readonly T[]) => number): number {
  const all = subsets(candidates, N);
  return all.reduce((sum, subset) => sum + valueOf(subset), 0) / all.length;
}

/** [reward of chosen, reward of rejected, tokens of chosen, tokens of rejected]. */
export type PairRow = readonly [number, number, number, number];

export function pairItems(rows: readonly PairRow[]): Item[] {
  return rows.flatMap(([chosen, rejected, chosenTokens, rejectedTokens], r) => {
    const shared = { set: 'pairs', itemId: `p${r}`, group: `g${r}`, answer: null, subset: null, source: null } as const;
    return [
      { ...shared, candidate: 0, reward: chosen, isCorrect: true, tokens: chosenTokens },
      { ...shared, candidate: 1, reward: rejected, isCorrect: false, tokens: rejectedTokens },
    ];
  });
}
