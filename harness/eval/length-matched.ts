/** Pairs whose two responses are about equally long: there, preferring the longer or the shorter one cannot help. */
import type { ScoredPair } from './item.ts';

/** Lengths (in tokens) count as matched when they differ by at most one tenth of the longer one. */
const parts = 10;

export function lengthMatchedPairs(pairs: readonly ScoredPair[]): ScoredPair[] {
  return pairs.filter(
    ({ chosen, rejected }) =>
      parts * Math.abs(chosen.tokens - rejected.tokens) <= Math.max(chosen.tokens, rejected.tokens),
  );
}
