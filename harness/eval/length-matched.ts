/** Pairs whose two responses are about equally long: there, preferring the longer or the shorter one cannot help. */
import type { ScoredPair } from './item.ts';

/** Lengths (in tokens) count as matched when they differ by at most this share of the longer one. */
const lengthTolerance = 0.1;

export function lengthMatchedPairs(pairs: readonly ScoredPair[]): ScoredPair[] {
  return pairs.filter(
    ({ chosen, rejected }) =>
      Math.abs(chosen.tokens - rejected.tokens) <= lengthTolerance * Math.max(chosen.tokens, rejected.tokens),
  );
}
